import { addDays, dayOf } from '../../src/kernel/day.ts';
import type { Run } from '../../src/model/ledger.ts';
import type { Source } from '../../src/ports/source.ts';
import { SOURCES } from '../../src/sources/registry.ts';
import type { Store } from '../../src/store/store.ts';
import { draftOf } from './drafts.ts';
import { scriptedSource } from './scripted-source.ts';

const HOUR_MS = 3_600_000;

const wired = (id: string, title: string, key: string): Source => {
  const { source } = scriptedSource({ pages: 1, size: 1 });
  if (source.wire === undefined) throw new Error('the scripted source has no wire');
  return { ...source, id, title, wire: { ...source.wire, manners: { key, gapMs: 0 }, staleAfterHours: 48 } };
};

/** The sources that are files, and three wires as a reader would meet them: one well, one silent, one paused. */
export const WIRED: readonly Source[] = [
  ...SOURCES.filter(({ wire }) => wire === undefined),
  wired('arxiv-oai', 'arXiv, by OAI-PMH', 'arxiv'),
  wired('hf-daily', 'Hugging Face daily papers', 'hf'),
  wired('biorxiv', 'bioRxiv', 'biorxiv'),
];

const CATEGORIES = ['cs.LG', 'cs.CL', 'cs.CV', 'stat.ML', 'math.OC', 'cs.AI', 'q-bio.NC'];

/** Entries of a day: many on Tuesdays, none on weekends, a little different each day. */
const countOn = (day: string, most: number): number => {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  if (weekday === 0 || weekday === 6) return 0;
  const wave = (Number(day.slice(8)) * 37 + Number(day.slice(5, 7)) * 11) % 10;
  return Math.max(1, Math.round((most * ([0, 6, 10, 8, 7, 5][weekday] ?? 0)) / 10) - Math.round((most * wave) / 40));
};

/** Writes `days` days of announcements up to `now`, with rejections, runs and standings, for the sources of `WIRED`. */
export const fillLedger = async (
  store: Store,
  { now, days = 14, most = 8 }: { now: number; days?: number; most?: number },
): Promise<void> => {
  const today = dayOf(now);
  const plan = [
    { source: 'arxiv-oai', share: 1, until: 0, rejects: 9 },
    { source: 'hf-daily', share: 0.4, until: 5, rejects: 0 },
    { source: 'biorxiv', share: 0.6, until: 1, rejects: 0 },
  ];
  let n = 0;
  for (const { source, share, until, rejects } of plan) {
    for (let back = days; back >= until; back -= 1) {
      const day = addDays(today, -back);
      const entries = Array.from({ length: countOn(day, most * share) }, (_, i) => {
        n += 1;
        const id = `2611.${String(n).padStart(5, '0')}`;
        const draft = { ...draftOf(id, { title: `Paper ${n} of ${day}`, doi: null, published: day, signals: {} }) };
        const category = CATEGORIES[(i * i) % CATEGORIES.length] ?? null;
        return { source, draft, raw: JSON.stringify({ id, day }), announced: { day, category } };
      });
      const rejections =
        rejects > 0 && back % rejects === 1 && entries.length > 0
          ? [
              {
                source,
                day,
                category: 'cs.LG',
                reason: 'The record has no title.',
                raw: `<record>\n  <header><datestamp>${day}</datestamp></header>\n  <metadata><arXiv><id>2611.99999</id><title></title></arXiv></metadata>\n</record>`,
              },
            ]
          : [];
      await store.papers.save(entries, { now: now - back * 24 * HOUR_MS, rejections });
    }
  }
  const at = { pages: 3, total: null, note: null, wish: '' };
  const counts = { new: 41, changed: 12, same: 3, rejected: 1, gone: 0 };
  const run = (id: string, source: string, hoursAgo: number, change: Partial<Run> = {}): Run => ({
    ...at,
    id,
    source,
    startedAt: now - hoursAgo * HOUR_MS,
    seenAt: now - hoursAgo * HOUR_MS + 95_000,
    endedAt: now - hoursAgo * HOUR_MS + 95_000,
    outcome: 'complete',
    counts,
    ...change,
  });
  const failure = 'huggingface.co answers 503 and asks to be left alone for an hour.';
  for (const one of [
    run('1', 'arxiv-oai', 30),
    run('2', 'arxiv-oai', 6),
    run('3', 'hf-daily', 100),
    run('4', 'hf-daily', 4, {
      outcome: 'failed',
      note: failure,
      pages: 0,
      counts: { ...counts, new: 0, changed: 0, same: 0, rejected: 0 },
    }),
    run('5', 'arxiv-oai', 0.05, {
      outcome: 'running',
      endedAt: null,
      seenAt: now,
      total: 600,
      pages: 2,
      wish: 'from 2026-11-01, set cs',
      counts: { ...counts, new: 144 },
    }),
  ])
    await store.runs.put(one);
  const standing = { nextAt: now + 17 * HOUR_MS, lastFailureAt: null, lastFailure: null, paused: false };
  await store.standings.put({ ...standing, source: 'arxiv-oai', lastSuccessAt: now - 6 * HOUR_MS, newestDay: today });
  await store.standings.put({
    ...standing,
    source: 'hf-daily',
    lastSuccessAt: now - 100 * HOUR_MS,
    lastFailureAt: now - 4 * HOUR_MS,
    lastFailure: failure,
    newestDay: addDays(today, -5),
  });
  await store.standings.put({
    ...standing,
    source: 'biorxiv',
    paused: true,
    lastSuccessAt: now - 30 * HOUR_MS,
    newestDay: addDays(today, -2),
  });
};

/** A paper whose words changed twice. */
export const rewordPaper = async (store: Store, now: number): Promise<void> => {
  const texts = [
    [
      'Small models are enough',
      'We show that small models are enough for most tasks. On five benchmarks they lose $1.2$ points. Code is available on request.',
    ],
    [
      'Small language models are enough',
      'We show that small language models are enough for many tasks. On seven benchmarks they lose $0.9$ points on average, and nothing on two. Code is available on request.',
    ],
    [
      'Small language models are often enough',
      'We show that small language models are often enough. On seven benchmarks they lose $0.9$ points on average, and nothing on two. Code, data and all runs are public.',
    ],
  ] as const;
  for (const [at, [title, abstract]] of texts.entries()) {
    const draft = draftOf('2611.00000', {
      title,
      titleRaw: title,
      abstract,
      abstractRaw: abstract,
      doi: null,
      published: '2026-11-02',
      updated: `2026-11-${String(2 + at * 7).padStart(2, '0')}`,
      versions: Array.from({ length: at + 1 }, (_, n) => ({
        n: n + 1,
        date: `2026-11-${String(2 + n * 7).padStart(2, '0')}`,
      })),
      signals: at === 2 ? { citations: 34 } : {},
    });
    await store.papers.save(
      [
        {
          source: 'arxiv-oai',
          draft,
          raw: JSON.stringify([at, title]),
          primary: true,
          announced: { day: '2026-11-20', category: 'cs.LG' },
        },
      ],
      { now: now - (3 - at) * HOUR_MS },
    );
  }
};
