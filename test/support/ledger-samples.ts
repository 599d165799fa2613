import type { LedgerCell, Run } from '../../src/model/ledger.ts';
import type {
  LedgerDayPage,
  LedgerPage,
  LedgerSource,
  LedgerSourcePage,
  SourcesPage,
} from '../../src/model/ledger-page.ts';
import type { PaperPage, VersionsPage } from '../../src/model/pages.ts';
import { samplePaper } from './papers.ts';

const NOW = Date.parse('2026-11-22T09:00:00Z');
const NONE = { announced: 0, ingested: 0, rejected: 0 };
const SPAN = { now: NOW, first: '2026-06-01', last: '2026-11-22' };

/** Values of the pages about wires and versions with every field filled, each text of them `text`. */
export const ledgerSamples = (text: string) => {
  const sums = { announced: 1_812, ingested: 1_810, rejected: 2 };
  const cell: LedgerCell = { source: text, category: text, day: '2026-11-20', ...sums };
  const rejection = { source: text, day: '2026-11-20', category: text, reason: text, raw: text, at: NOW };
  const source: LedgerSource = {
    id: text,
    title: text,
    homepage: 'javascript:x',
    days: [cell],
    sums,
    standing: {
      source: text,
      paused: true,
      nextAt: NOW + 1,
      lastSuccessAt: NOW - 1,
      lastFailureAt: NOW,
      lastFailure: text,
      newestDay: '2026-11-20',
    },
    staleAfterHours: 48,
    alarms: [{ kind: 'stale', source: text, day: null, says: text }],
  };
  const run: Run = {
    id: text,
    source: text,
    wish: text,
    startedAt: NOW - 60_000,
    seenAt: NOW,
    endedAt: null,
    outcome: 'running',
    note: text,
    pages: 3,
    total: 500,
    counts: { new: 200, changed: 1, same: 1, rejected: 1, gone: 1 },
  };
  const ledger: LedgerPage = { ...SPAN, sources: [source], silent: [{ id: text, title: text }], sums };
  const blankLedger: LedgerPage = { ...SPAN, sources: [], silent: [], sums: NONE };
  const ofSource: LedgerSourcePage = {
    ...SPAN,
    source,
    recent: ['2026-11-21', '2026-11-22'],
    categories: [{ category: text, sums, days: [null, sums] }],
    more: 2,
    rejections: [rejection],
  };
  const ofSilentSource: LedgerSourcePage = {
    ...SPAN,
    source: { ...source, days: [], sums: NONE, standing: null, homepage: null },
    recent: [],
    categories: [],
    more: 0,
    rejections: [],
  };
  const ofDay: LedgerDayPage = {
    source: { id: text, title: text },
    day: '2026-11-20',
    sums,
    cells: [cell],
    rejections: [rejection],
    earlier: '2026-11-19',
    later: null,
  };
  const sources: SourcesPage = {
    now: NOW,
    sources: [true, false].map((harvest) => ({
      id: text,
      title: text,
      homepage: 'javascript:x',
      can: { harvest, lookup: harvest },
      times: [text],
      standing: source.standing,
      last: run,
      papers: 3,
    })),
    running: [run, { ...run, total: null, note: null }],
    runs: [{ ...run, outcome: 'failed', endedAt: NOW }],
    alarms: source.alarms,
    scheduleNote: text,
    reading: { model: text, embedded: 400, total: 1_000, perSecond: 20, etaSeconds: 30 },
  };
  const versions: VersionsPage = {
    paper: samplePaper({ title: text, abstract: text }),
    changes: [
      {
        anchor: 'v2',
        from: 1,
        to: 2,
        on: '2026-01-04',
        title: [
          { kind: 'removed', text },
          { kind: 'added', text },
        ],
        abstract: null,
      },
    ],
    more: 1,
  };
  const placed: PaperPage['placed'] = [
    {
      date: '2026-04-20',
      number: 1,
      place: 3,
      why: {
        ranking: 'talk-2',
        score: 2,
        votes: 1,
        upvotes: 2,
        comments: 3,
        code: true,
        published: '2026-04-18',
        category: text,
        submitted: null,
        lot: 1,
      },
    },
  ];
  const signals: PaperPage['signals'] = [
    { source: text, name: text, value: 3 },
    { source: 'hf-daily', name: 'upvotes', value: 12 },
  ];
  return { ledger, blankLedger, ofSource, ofSilentSource, ofDay, sources, versions, placed, signals };
};
