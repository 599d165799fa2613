import type { Alarm } from '../model/ledger.ts';
import { readWatch } from '../services/alarms.ts';
import type { Frame } from '../views/frame.ts';
import type { WebDeps } from './edge.ts';

/** What is wrong with the wires, kept at hand so that no page asks the database for it. */
export interface AlarmDesk {
  /** Reads again what is older than a minute: at first before it returns, later behind the reader's back. */
  refresh(): Promise<void>;
  banner(operator: boolean): Frame['banner'];
}

const KEPT_MS = 60_000;

/** The operator reads all; other readers only that a source is silent, because that is why a page may look old. */
const bannerOf = (
  alarms: readonly Alarm[],
  operator: boolean,
  titles: ReadonlyMap<string, string>,
): Frame['banner'] => {
  if (operator) {
    const [first, ...others] = alarms;
    if (first === undefined) return null;
    const more = others.length === 0 ? '' : ` And ${others.length} more ${others.length === 1 ? 'alarm' : 'alarms'}.`;
    return { says: first.says + more, grave: true };
  }
  const stale = [...new Set(alarms.filter(({ kind }) => kind === 'stale').map(({ source }) => source))];
  if (stale.length === 0) return null;
  const names = stale.map((source) => titles.get(source) ?? source);
  const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return { says: `Nothing new has come in from ${list} for a while.`, grave: false };
};

export const openAlarmDesk = (deps: Pick<WebDeps, 'store' | 'clock' | 'sources' | 'log'>): AlarmDesk => {
  const titles = new Map(deps.sources.map(({ id, title }) => [id, title]));
  let alarms: readonly Alarm[] = [];
  let readAt: number | null = null;
  let reading: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    try {
      alarms = (await readWatch(deps)).alarms;
    } catch (error) {
      deps.log.debug({ err: error }, 'how the wires stand could not be read');
    } finally {
      reading = null;
    }
  };
  return {
    async refresh() {
      const now = deps.clock.now();
      const first = readAt === null;
      if (readAt === null || Math.abs(now - readAt) >= KEPT_MS) {
        readAt = now;
        reading = read();
      }
      if (first) await reading;
    },
    banner: (operator) => bannerOf(alarms, operator, titles),
  };
};
