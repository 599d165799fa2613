import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { Fault } from './kernel/errors.ts';

interface Setting {
  readonly schema: z.ZodType<unknown>;
  /** As it would be written in the environment. */
  readonly fallback: string;
  readonly says: string;
}

const setting = <S extends z.ZodType>(schema: S, fallback: string, says: string) => ({ schema, fallback, says });

const port = z
  .string()
  .trim()
  .regex(/^\d{1,5}$/, 'not a port number')
  .transform(Number)
  .refine((n) => n <= 65535, 'a port is at most 65535');
const url = z.string().trim().min(1);

/** Every setting there is. Each can also be read from a file named by its `_FILE` twin. None is required. */
export const SETTINGS = {
  BROADSHEET_PORT: setting(port, '3000', 'Port to listen on; 0 picks a free one.'),
  BROADSHEET_HOST: setting(
    z.string().trim().min(1),
    '127.0.0.1',
    'Address to listen on; `0.0.0.0` serves the network.',
  ),
  BROADSHEET_DATA_DIR: setting(
    url,
    './var',
    'Folder of the database, the index and caches; relative to the folder of Broadsheet.',
  ),
  BROADSHEET_DATABASE_URL: setting(
    z.string().trim(),
    '',
    '`postgres://…`, or `sqlite:FILE`; empty means `broadsheet.db` in the data folder.',
  ),
  BROADSHEET_INDEX_URL: setting(
    z.string().trim(),
    '',
    'Folder or object store (`s3://…`) of the search index; empty means `index` in the data folder.',
  ),
  BROADSHEET_PUBLIC_URL: setting(
    z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
    '',
    'Address readers use, for links in feeds, sitemap and cards; empty means what the request says.',
  ),
  BROADSHEET_MASTHEAD: setting(z.string().trim().min(1).max(40), 'Broadsheet', 'The name across the top of the page.'),
  BROADSHEET_LOG_LEVEL: setting(
    z.enum(['auto', 'trace', 'debug', 'info', 'warn', 'error', 'silent']),
    'auto',
    'What is logged, as JSON lines on standard error; `auto` is `info` for a server whose standard error is not a terminal, else `warn`.',
  ),
  BROADSHEET_EMBED: setting(
    z.enum(['auto', 'off']),
    'auto',
    '`off` keeps the embedding model out of memory: search is by words only.',
  ),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute path. */
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly indexUrl: string;
  /** No trailing slash; empty when the request decides. */
  readonly publicUrl: string;
  readonly masthead: string;
  readonly logLevel: 'auto' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly embed: 'auto' | 'off';
}

/** The folder Broadsheet is checked out in. */
export const HOME = resolve(import.meta.dirname, '..');

type Environment = Readonly<Record<string, string | undefined>>;

const written = (env: Environment, name: string, mistakes: string[]): string | undefined => {
  const file = env[`${name}_FILE`];
  if (env[name] && file) mistakes.push(`${name} and ${name}_FILE are both set: keep one.`);
  // An empty variable is how compose files and shells say "not set".
  if (env[name] || !file) return env[name] || undefined;
  try {
    return readFileSync(file, 'utf8').trimEnd() || undefined;
  } catch {
    mistakes.push(`${name}_FILE names ${file}, which cannot be read.`);
    return undefined;
  }
};

/** Reads every setting at once. Throws `Fault('bad-config')` that lists all mistakes, one sentence each. */
export const readConfig = (env: Environment = process.env): Config => {
  const mistakes: string[] = [];
  const known = new Set(Object.keys(SETTINGS).flatMap((name) => [name, `${name}_FILE`]));
  for (const name of Object.keys(env)) {
    if (name.startsWith('BROADSHEET_') && !known.has(name)) mistakes.push(`${name} is not a setting of Broadsheet.`);
  }
  const values = {} as { [N in SettingName]: z.infer<(typeof SETTINGS)[N]['schema']> };
  for (const [name, { schema, fallback }] of Object.entries(SETTINGS)) {
    const text = written(env, name, mistakes);
    const parsed = schema.safeParse(text === undefined ? fallback : text);
    if (parsed.success) Object.assign(values, { [name]: parsed.data });
    else mistakes.push(`${name} is ${JSON.stringify(text)}: ${parsed.error.issues[0]?.message ?? 'not valid'}.`);
  }
  if (mistakes.length > 0) throw new Fault('bad-config', mistakes.join('\n'));
  const dataDir = resolve(HOME, values.BROADSHEET_DATA_DIR);
  return Object.freeze({
    port: values.BROADSHEET_PORT,
    host: values.BROADSHEET_HOST,
    dataDir,
    databaseUrl: values.BROADSHEET_DATABASE_URL || `sqlite:${resolve(dataDir, 'broadsheet.db')}`,
    indexUrl: values.BROADSHEET_INDEX_URL || resolve(dataDir, 'index'),
    publicUrl: values.BROADSHEET_PUBLIC_URL.replace(/\/+$/, ''),
    masthead: values.BROADSHEET_MASTHEAD,
    logLevel: values.BROADSHEET_LOG_LEVEL,
    embed: values.BROADSHEET_EMBED,
  });
};

/** Every setting with its present value, for people: passwords in addresses are masked. */
export const describeConfig = (
  env: Environment = process.env,
): readonly { readonly name: string; readonly value: string; readonly from: string; readonly says: string }[] => {
  readConfig(env);
  return Object.entries(SETTINGS).map(([name, { fallback, says }]) => {
    const text = written(env, name, []);
    const from = text === undefined ? 'default' : env[name] ? 'environment' : `file ${env[`${name}_FILE`]}`;
    return { name, value: (text ?? fallback).replace(/(:\/\/[^:/@\s]*):\S*@/, '$1:…@'), from, says };
  });
};

/** `docs/configuration.md`, made from the table. */
export const settingsDocument = (): string => {
  const rows = Object.entries(SETTINGS).map(
    ([name, { fallback, says }]) => `| \`${name}\` | ${fallback === '' ? '(empty)' : `\`${fallback}\``} | ${says} |`,
  );
  return `# Settings

Broadsheet reads its settings from the environment. None is required. Each has a twin ending in \`_FILE\` that names a
file to read the value from, e.g. \`BROADSHEET_DATABASE_URL_FILE=/run/secrets/database\`. An empty variable counts as
not set. All mistakes are reported at once, and nothing starts while there is one. \`./broadsheet config\` shows what
each is now and where that comes from.

| setting | default | what it does |
|---|---|---|
${rows.join('\n')}

This page is made by \`npm run docs\` from \`src/config.ts\`.
`;
};
