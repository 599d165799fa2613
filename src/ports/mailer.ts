export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Without angle brackets; the same for every attempt to send this letter. */
  readonly messageId: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends mail. Throws `Fault('mail-unavailable')` when the letter was not taken. */
export interface Mailer {
  readonly id: string;
  send(letter: Letter): Promise<void>;
  /** Whether letters would be taken, as far as can be told without sending one. Throws `Fault('mail-unavailable')`. */
  check(): Promise<void>;
}
