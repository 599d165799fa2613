import type { LetterId } from './letter.ts';
import type { PaperId } from './paper.ts';

/** Why a reader is told of a letter: it answers one of theirs, names them, or is about a paper of theirs. The first that holds is said. */
export const NOTIFICATION_KINDS = ['reply', 'mention', 'paper'] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** A letter that a reader is told of. */
export interface Notification {
  readonly letterId: LetterId;
  readonly paperId: PaperId;
  readonly groupId: string | null;
  readonly kind: NotificationKind;
  /** Of the paper. */
  readonly title: string;
  /** Name of who wrote it. */
  readonly by: string;
  /** The beginning of the letter, as plain text. */
  readonly excerpt: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly unread: boolean;
}

/** Latest first. */
export interface NotificationsPage {
  readonly items: readonly Notification[];
  readonly unread: number;
  /** The time up to which all is read once this page has been; null for an empty page. */
  readonly until: number | null;
  /** 1-based. */
  readonly page: number;
  readonly more: boolean;
}
