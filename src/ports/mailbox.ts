/** A mailbox that mail comes back to. */
export interface Mailbox {
  readonly id: string;
  /**
   * Hands every message that was not read yet to `take`, the oldest first, and marks it as read once that has resolved: what
   * is cut short comes again. At most `limit`; returns how many. Throws `Fault('mail-unavailable')`.
   */
  drain(
    take: (bytes: Uint8Array) => Promise<void>,
    options: { readonly limit: number; readonly mostBytes: number; readonly signal: AbortSignal },
  ): Promise<number>;
}
