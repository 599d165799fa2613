import { z } from 'zod';

/** `name=value,name=value` as a record. */
export const pairs = (value: z.ZodType<string>) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .transform((parts, at) => {
      const record: Record<string, string> = {};
      for (const part of parts) {
        const [, name, text] = /^([a-z][a-z0-9-]*)\s*=\s*(.+)$/.exec(part) ?? [];
        const parsed = value.safeParse(text);
        if (name !== undefined && parsed.success) record[name] = parsed.data;
        else
          at.addIssue(
            `“${part}” is not written source=value${parsed.success ? '' : `: ${parsed.error.issues[0]?.message}`}`,
          );
      }
      return Object.freeze(record);
    });

/** `host:port,host:port` */
export const hostAndPort = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .refine(
    (parts) => parts.every((part) => /^(?:[\w.-]+|\[[0-9a-f:.]+\]):\d{1,5}$/i.test(part)),
    'each is written host:port, e.g. 127.0.0.1:8080',
  );

/** A name of the time zone database. */
export const timeZone = z
  .string()
  .trim()
  .refine((zone) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null;
    } catch {
      return false;
    }
  }, 'not a time zone: write e.g. Europe/Berlin');

/** What stands between commas. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
