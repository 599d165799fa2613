import { type Day, isDay } from '../kernel/day.ts';
import type { PaperId } from './paper.ts';

/** A meeting of a group. */
export interface Meeting {
  readonly id: string;
  readonly group: string;
  /** What it is about; null where no one paper is read. */
  readonly paperId: PaperId | null;
  /** What it is called where there is no paper. */
  readonly title: string;
  readonly presenter: string;
  /** As the clocks of `zone` show it: `YYYY-MM-DD`, `HH:MM`. */
  readonly day: Day;
  readonly time: string;
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly zone: string;
  readonly lastsMin: number;
  /** Day and time in milliseconds since 1970. */
  readonly startsAt: number;
  readonly place: string;
  /** Web address of a call; empty for none. */
  readonly link: string;
  /** Markdown, written afterwards; empty for none. */
  readonly minutes: string;
  /** Raised with every change of what a calendar shows: RFC 5545's SEQUENCE. */
  readonly sequence: number;
  readonly cancelled: boolean;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly changedAt: number;
}

/** What is said of a meeting when it is called. */
export type MeetingPlan = Pick<
  Meeting,
  'paperId' | 'title' | 'presenter' | 'day' | 'time' | 'zone' | 'lastsMin' | 'startsAt' | 'place' | 'link'
>;

/** A paper a member would like to read with the others. */
export interface Proposal {
  readonly paperId: PaperId;
  readonly reader: string;
  /** Of who proposed it. */
  readonly name: string;
  readonly why: string;
  readonly at: number;
  readonly votes: number;
  readonly voted: boolean;
}

export const MEETING_CAPS = { title: 200, presenter: 100, place: 200, link: 500, minutes: 10_000 } as const;
export const LENGTHS = [30, 45, 60, 90, 120, 180] as const;

const DAY_MS = 86_400_000;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
/** Beyond these no calendar agrees with another. */
const [FIRST, LAST] = ['1990-01-01', '2199-12-31'];

export const isZone = (zone: string): boolean => {
  // `+02:00` is a zone to some engines and to no calendar.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

const parts = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of a zone show at an instant, as if they showed UTC. Milliseconds. */
const shownAt = (ms: number, zone: string): number => {
  const format =
    parts.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
  parts.set(zone, format);
  const of = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(of.year ?? 0, (of.month ?? 1) - 1, of.day ?? 1, of.hour ?? 0, of.minute ?? 0);
};

/**
 * The instant when the clocks of a zone show that day and time: of two, when they are set back, the first; of none, when
 * they are set forward, as much later as they were set (RFC 5545, 3.3.5). Null where day, time or zone is none.
 */
export const startOf = (day: Day, time: string, zone: string): number | null => {
  if (!isDay(day) || day < FIRST || day > LAST || !TIME.test(time) || !isZone(zone)) return null;
  const shown = Date.parse(`${day}T${time}:00Z`);
  const [before, after] = [shown - DAY_MS, shown + DAY_MS].map((ms) => shownAt(ms, zone) - ms);
  // The offset before the change gives the first of two, and what is shown later for one that is left out.
  const first = shown - (before ?? 0);
  const second = shown - (after ?? 0);
  return shownAt(first, zone) === shown || shownAt(second, zone) !== shown ? first : second;
};

/** Whether a calendar has to be told of a change. */
export const isOtherPlan = (a: MeetingPlan, b: MeetingPlan): boolean =>
  (['paperId', 'title', 'presenter', 'day', 'time', 'zone', 'lastsMin', 'place', 'link'] as const).some(
    (key) => a[key] !== b[key],
  );

export const endOf = ({ startsAt, lastsMin }: Pick<Meeting, 'startsAt' | 'lastsMin'>): number =>
  startsAt + lastsMin * 60_000;

/** Next first, and past ones latest first; a meeting is past when it has ended. Cancelled ones that are past are left out. */
export const agendaOf = (
  meetings: readonly Meeting[],
  now: number,
): { readonly coming: readonly Meeting[]; readonly past: readonly Meeting[] } => {
  const sorted = [...meetings].sort((a, b) => a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1));
  return {
    coming: sorted.filter((meeting) => endOf(meeting) > now),
    past: sorted.filter((meeting) => endOf(meeting) <= now && !meeting.cancelled).reverse(),
  };
};

/** The next one that takes place, also while it does. */
export const nextOf = (meetings: readonly Meeting[], now: number): Meeting | null =>
  agendaOf(meetings, now).coming.find(({ cancelled }) => !cancelled) ?? null;

/** A web address as it is kept; empty for none; null for what is no web address. */
export const meetingLink = (text: string): string | null => {
  const said = text.trim();
  if (said === '') return '';
  const url = URL.parse(/^https?:\/\//i.test(said) ? said : `https://${said}`);
  const good = url !== null && /^https?:$/.test(url.protocol) && url.hostname.includes('.') && url.username === '';
  return good && url.href.length <= MEETING_CAPS.link ? url.href : null;
};
