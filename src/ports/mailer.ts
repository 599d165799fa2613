export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Without angle brackets; the same for every attempt to send this letter. */
  readonly messageId: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A few connections that are kept while many letters are sent; disposing ends them. */
export interface MailRun extends Disposable {
  /** Resolves when the server has taken the letter. Throws as `Mailer.send` does. */
  send(letter: Letter): Promise<void>;
}

/**
 * Sends mail. Throws `Fault('mail-unavailable')` when the letter was not taken, and `Fault('mail-refused')` where the server said that it
 * will never take this letter for this address: its own words are in the message.
 */
export interface Mailer {
  readonly id: string;
  send(letter: Letter): Promise<void>;
  run(): MailRun;
  /** Whether letters would be taken, as far as can be told without sending one. Throws `Fault('mail-unavailable')`. */
  check(): Promise<void>;
}
