import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { Fault } from '../kernel/errors.ts';
import type { Mailer } from '../ports/mailer.ts';
import { type MailerSettings, messageOf, signing } from './message.ts';

/** A file name made of a message id: the same letter sent twice is one file. */
const nameOf = (messageId: string): string => `${messageId.replace(/[^A-Za-z0-9@._-]+/g, '_').slice(0, 150)}.eml`;

/** Writes letters as `.eml` files into the folder of a `file:` address (made when missing): for trying things out. */
export const fileMailer = ({ url, from, dkim }: MailerSettings): Mailer => {
  const folder = fileURLToPath(new URL(url).href.replace(/^file:\/\/localhost\//, 'file:///'));
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...signing(dkim) });
  const reach = async (work: () => Promise<void>): Promise<void> => {
    try {
      await mkdir(folder, { recursive: true });
      await work();
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
      throw new Fault('mail-unavailable', `Letters cannot be written to ${folder} (${code}).`, { cause });
    }
  };
  const send: Mailer['send'] = async (letter) => {
    const { message } = await transport.sendMail(messageOf(letter, from));
    await reach(() => writeFile(join(folder, nameOf(letter.messageId)), message as Buffer));
  };
  return {
    id: 'file',
    send,
    run: () => ({ send, [Symbol.dispose]: () => {} }),
    check: () => reach(() => access(folder, constants.W_OK)),
  };
};
