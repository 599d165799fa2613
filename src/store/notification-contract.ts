import type { Letter, LetterId } from '../model/letter.ts';
import type { NotificationKind } from '../model/notification.ts';

/** Who is told of which letter. Each write may be repeated; times are ms since 1970. */
export interface NotificationStore {
  readonly notifications: {
    /** Tells readers of a letter; one who was told of it already is not told again. */
    add(
      letterId: LetterId,
      told: readonly { readonly reader: string; readonly kind: NotificationKind; readonly at: number }[],
    ): Promise<void>;
    /** Latest first, of letters that are open now, those of a group only while the reader is in it; with `since`, of later ones only. */
    of(
      reader: string,
      page: { readonly limit: number; readonly offset?: number; readonly since?: number },
    ): Promise<readonly { readonly letter: Letter; readonly kind: NotificationKind; readonly at: number }[]>;
    /** How many `of` gives that came after the reader last said that all is read. */
    unread(reader: string): Promise<number>;
    /** The time up to which all is read; 0 where nothing is. */
    seen(reader: string): Promise<number>;
    /** Says that all is read up to a time; an earlier one than before changes nothing. */
    see(reader: string, until: number): Promise<void>;
    forget(reader: string): Promise<void>;
  };
}
