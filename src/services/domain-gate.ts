import type { Clock } from '../kernel/clock.ts';

/** Mails a minute by domain; `*` is any other. */
export type PerMinute = Readonly<Record<string, number>>;

const MINUTE_MS = 60_000;

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Lets mails of each domain through at their rate, and none to a domain that asked to wait. One process’s knowledge. */
export const domainGate = (perMinute: PerMinute, clock: Clock) => {
  /** Of a domain: when the last mails went, and until when it takes none. */
  const domains = new Map<string, { times: number[]; pausedUntil: number }>();
  const of = (domain: string) => {
    const known = domains.get(domain) ?? { times: [], pausedUntil: 0 };
    domains.set(domain, known);
    return known;
  };
  const freeAt = (domain: string): number => {
    const { times, pausedUntil } = of(domain);
    const most = perMinute[domain] ?? perMinute['*'];
    const oldest = most === undefined ? undefined : times[times.length - most];
    return Math.max(pausedUntil, oldest === undefined ? 0 : oldest + MINUTE_MS);
  };
  return {
    /** Whether a mail to that address may go now; it is counted then. */
    take: (address: string): boolean => {
      const domain = domainOf(address);
      const now = clock.now();
      if (freeAt(domain) > now) return false;
      const known = of(domain);
      const most = perMinute[domain] ?? perMinute['*'];
      if (most !== undefined) known.times = [...known.times.slice(1 - most), now].slice(-most);
      return true;
    },
    /** When the next mail to that address may go; milliseconds since 1970. */
    freeAt: (address: string): number => freeAt(domainOf(address)),
    pause: (address: string, ms: number): void => {
      of(domainOf(address)).pausedUntil = clock.now() + ms;
    },
    /** Domains that take nothing now. */
    closed: (): readonly string[] => [...domains.keys()].filter((domain) => freeAt(domain) > clock.now()),
  };
};
