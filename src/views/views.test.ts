import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { ledgerSamples } from '../../test/support/ledger-samples.ts';
import { sampleCard, sampleFrame } from '../../test/support/papers.ts';
import type { PaperCommunity } from '../model/community.ts';
import type { FrontPage } from '../model/edition.ts';
import { type Letter, rightsOf } from '../model/letter.ts';
import type { ShownThread } from '../model/letter-page.ts';
import type { PaperCard } from '../model/paper.ts';
import type { SearchPage } from '../model/search-page.ts';
import type { SubmissionShown } from '../model/submission.ts';
import { aboutView } from './about.ts';
import { editionsView } from './editions.ts';
import type { Frame } from './frame.ts';
import { frontPageView, wireView } from './front-page.ts';
import { ledgerView } from './ledger.ts';
import { ledgerDayView, ledgerSourceView } from './ledger-source.ts';
import { listingView } from './listing.ts';
import { paperView, type SetPaperPage } from './paper.ts';
import { markdownOf } from './paper-markdown.ts';
import { problemView } from './problem.ts';
import { searchHomeView, searchView } from './search.ts';
import { settingsView } from './settings.ts';
import { sourcesView } from './sources.ts';
import { versionsView } from './versions.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='x'>\`\${1}&lt;/title>]]>-->`;

const wires = ledgerSamples(HOSTILE);

const hostileCard = sampleCard({
  id: `${HOSTILE}/../x`,
  title: HOSTILE,
  abstract: HOSTILE.repeat(3),
  authors: [{ name: HOSTILE, key: HOSTILE }],
  organisation: { name: HOSTILE, key: HOSTILE, handle: HOSTILE },
  categories: [HOSTILE],
  doi: HOSTILE,
  note: HOSTILE,
  journalRef: HOSTILE,
  license: HOSTILE,
  links: [
    { rel: 'abstract', label: HOSTILE, url: 'javascript:alert(1)' },
    { rel: 'pdf', label: 'PDF', url: `https://a.example/${HOSTILE}` },
  ],
  sightings: [{ source: HOSTILE, externalId: HOSTILE, seenAt: '2026-04-20T00:00:00Z' }],
});

const hostileSubmission: SubmissionShown = {
  submission: { paperId: HOSTILE, reader: HOSTILE, day: '2026-04-20', at: 0, note: HOSTILE },
  by: { handle: HOSTILE, name: HOSTILE },
};

const hostileCommunity: PaperCommunity = {
  submissions: [hostileSubmission],
  claims: {
    authors: new Map([[HOSTILE, { handle: HOSTILE, name: HOSTILE }]]),
    own: null,
    refusal: null,
    suggested: null,
  },
};

const frontPage = (change: Partial<FrontPage> = {}): FrontPage => ({
  kind: 'day',
  name: '2026-04-20',
  first: '2026-04-20',
  last: '2026-04-20',
  number: 1,
  latest: true,
  earlier: '2026-04-17',
  later: '2026-04-21',
  cards: Array.from({ length: 6 }, () => hostileCard),
  trending: [2, 0],
  sources: [HOSTILE],
  days: ['2026-04-20'],
  corrections: [{ date: '2026-04-20', paperId: HOSTILE, kind: 'note', says: HOSTILE, at: 0 }],
  justIn: [hostileCard],
  submissions: new Map([[hostileCard.paper.id, [hostileSubmission]]]),
  ...change,
});

/** As one who is signed in, and did not write it, sees it. */
const shownLetter = (change: Partial<Letter> = {}, answers: readonly ShownThread[] = []): ShownThread => {
  const letter: Letter = {
    id: 'a'.repeat(24),
    paperId: 'arxiv:2507.08772',
    groupId: null,
    parentId: null,
    author: { id: 'ada', handle: 'ada', name: 'Ada & Co', isAuthorOfPaper: true },
    body: 'Well *put*.',
    createdAt: 1_790_000_000_000,
    editedAt: null,
    edits: 0,
    state: 'open',
    stateAt: null,
    reason: null,
    ...change,
  };
  const rights = rightsOf(letter, { id: 'bo', role: 'reader' }, letter.createdAt);
  const rendered = rights.read ? { html: '<p>Well <em>put</em>.</p>', asWritten: false } : null;
  return { letter, rights, rendered, depth: 1, answers };
};

const paperPage: SetPaperPage = {
  card: hostileCard,
  similar: [hostileCard],
  similarNote: HOSTILE,
  bibtex: HOSTILE,
  placed: wires.placed,
  signals: wires.signals,
  reworded: [{ n: 2, anchor: 'v2' }],
  letters: {
    count: 2,
    threads: [
      shownLetter({ reason: HOSTILE, state: 'hidden' }, [
        shownLetter({
          id: 'c'.repeat(24),
          author: { id: HOSTILE, handle: HOSTILE, name: HOSTILE, isAuthorOfPaper: true },
        }),
      ]),
      shownLetter({ id: HOSTILE, paperId: HOSTILE, body: HOSTILE }),
    ],
  },
  community: hostileCommunity,
  letterForm: {
    kind: 'answer',
    about: { id: HOSTILE, name: HOSTILE },
    key: HOSTILE,
    body: HOSTILE,
    preview: null,
    problem: HOSTILE,
  },
  math: {
    title: [{ kind: 'text', text: HOSTILE }],
    abstract: [
      { kind: 'math', text: HOSTILE, display: false, mathml: null },
      { kind: 'math', text: 'x', display: false, mathml: '<math><mi>x</mi></math>' },
    ],
  },
};

const searchPage: SearchPage = {
  query: {
    raw: HOSTILE,
    text: HOSTILE,
    phrases: [],
    not: [],
    authors: [],
    organisations: [],
    categories: [],
    sources: [],
    years: [],
    has: [],
    inside: [],
    without: { authors: [HOSTILE], organisations: [], categories: [], sources: [], has: [], inside: [] },
    after: null,
    before: null,
  },
  corrected: [],
  mode: 'lexical',
  modeReason: HOSTILE,
  refusal: HOSTILE,
  sort: 'newest',
  tookMs: 3.2,
  total: 40,
  page: 2,
  pages: 4,
  limit: 10,
  otherwise: null,
  hits: [
    {
      card: hostileCard,
      score: 1,
      why: 'words',
      titleHighlights: [
        [0, 3],
        [2, 9],
        [5, 999],
      ],
      snippet: HOSTILE,
      snippetHighlights: [[2, 8]],
    },
  ],
  facets: [{ field: 'cat', values: [{ value: HOSTILE, label: HOSTILE, count: 3, active: true }] }],
};

const hostileFrame = sampleFrame({
  masthead: HOSTILE,
  path: `/?${HOSTILE}`,
  notice: HOSTILE,
  banner: { says: HOSTILE, grave: true },
});

const PAGES: Readonly<Record<string, (frame: Frame) => string>> = {
  day: (frame) => frontPageView(frontPage(), frame),
  'an empty day': (frame) => frontPageView(frontPage({ cards: [], trending: [] }), frame),
  week: (frame) =>
    frontPageView(frontPage({ kind: 'week', name: '2026-W17', number: null, earlier: '2026-W16', later: null }), frame),
  month: (frame) =>
    frontPageView(frontPage({ kind: 'month', name: '2026-04', number: null, earlier: null, later: '2026-05' }), frame),
  trending: (frame) =>
    frontPageView(frontPage({ kind: 'trending', name: 'trending', number: null, earlier: null, later: null }), frame),
  wire: (frame) => wireView(frontPage(), frame),
  paper: (frame) => paperView(paperPage, frame),
  search: (frame) => searchView(searchPage, frame),
  'nothing found': (frame) => searchView({ ...searchPage, hits: [], total: 0, pages: 0 }, frame),
  'search home': (frame) => searchHomeView(frame),
  listing: (frame) =>
    listingView(
      { kind: 'author', key: HOSTILE, title: HOSTILE, total: 60, page: 2, pages: 3, cards: [hostileCard] },
      frame,
    ),
  editions: (frame) =>
    editionsView({ editions: [{ date: '2026-04-20', number: 1, source: HOSTILE, papers: 81 }] }, frame),
  about: (frame) =>
    aboutView(
      {
        version: HOSTILE,
        papers: 81,
        editions: 1,
        latest: '2026-04-20',
        sources: [{ id: HOSTILE, title: HOSTILE, homepage: 'javascript:x', papers: 81 }],
        index: null,
        engine: 'sqlite',
      },
      frame,
    ),
  ledger: (frame) => ledgerView(wires.ledger, frame),
  'a blank ledger': (frame) => ledgerView(wires.blankLedger, frame),
  'a source in the ledger': (frame) => ledgerSourceView(wires.ofSource, frame),
  'a silent source in the ledger': (frame) => ledgerSourceView(wires.ofSilentSource, frame),
  'a day in the ledger': (frame) => ledgerDayView(wires.ofDay, frame),
  sources: (frame) => sourcesView(wires.sources, frame),
  versions: (frame) => versionsView(wires.versions, frame),
  settings: (frame) => settingsView({ saved: true }, frame),
  problem: (frame) => problemView({ status: 404, title: HOSTILE, detail: HOSTILE, reference: HOSTILE }, frame),
};

const TAG = /<(?:!doctype html|\/?[a-z][a-z0-9]*(?:\s+[a-z:-]+(?:="[^"]*")?)*\s*)>/gi;
const KNOWN_SCRIPT = /<script type="(?:module" src="[^"]*"|application\/ld\+json")>/g;

for (const [name, view] of Object.entries(PAGES)) {
  test(`${name}: hostile text stays text`, () => {
    const page = view(hostileFrame);
    assert.doesNotMatch(page.replace(TAG, ''), /[<>]/, 'a stray angle bracket');
    assert.doesNotMatch(page.replace(KNOWN_SCRIPT, ''), /<script/i);
    for (const [tag] of page.matchAll(TAG)) {
      assert.doesNotMatch(tag.replace(/="[^"]*"/g, ''), /\s(?:on[a-z]+|style)\b/i);
    }
    assert.doesNotMatch(page, /(?:href|src|action)="(?:javascript|data|vbscript):/i);
  });

  test(`${name}: one h1, landmarks, headings in order`, () => {
    const page = view(sampleFrame());
    assert.equal(page.match(/<h1[ >]/g)?.length, 1);
    for (const part of ['<main', '<header', '<footer', '<nav', 'class="skip"', 'lang="en"', '<title>'])
      assert.ok(page.includes(part), part);
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    for (const [at, level] of levels.entries())
      assert.ok(at === 0 || level <= (levels[at - 1] ?? 0) + 1, `h${level} after h${levels[at - 1]}`);
  });

  test(`${name}: ids are used once`, () => {
    const ids = [...view(sampleFrame()).matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
  });
}

test('the front page says how old its edition is', () => {
  assert.match(
    frontPageView(frontPage(), sampleFrame()),
    /This is the latest edition, of Monday 20 April 2026 \(216 days ago\)\./,
  );
  assert.doesNotMatch(frontPageView(frontPage(), sampleFrame({ today: '2026-04-20' })), /latest edition/);
  assert.match(frontPageView(frontPage({ latest: false }), sampleFrame()), /Go to the latest/);
});

test('what nobody talks about is not said to be talked about; without a rail the stories have its place', () => {
  const [quiet, loud] = [
    sampleCard({ id: 'arxiv:1', title: 'Quiet' }, { votes: 0, comments: null }),
    sampleCard({ id: 'arxiv:2', title: 'Loud' }),
  ];
  const rail = (cards: readonly PaperCard[]): string | undefined =>
    /<aside class="rail"[\s\S]*?<\/aside>/.exec(
      frontPageView(frontPage({ cards, trending: cards.map((_, n) => n) }), sampleFrame()),
    )?.[0];
  assert.match(rail([quiet, loud]) ?? '', /Most talked about[\s\S]*Loud/);
  assert.doesNotMatch(rail([quiet, loud]) ?? '', /Quiet/);
  assert.equal(rail([quiet, quiet]), undefined);
});

test('one may subscribe on the front page whatever has come in, and on no other', () => {
  const frame = sampleFrame({ byMail: true, reader: null });
  for (const page of [frontPage(), frontPage({ trending: [] }), frontPage({ cards: [], trending: [] })])
    assert.equal(frontPageView(page, frame).split('action="/subscribe"').length, 2);
  assert.doesNotMatch(frontPageView(frontPage({ kind: 'trending', name: 'trending' }), frame), /action="\/subscribe"/);
});

test('every paper stands on the front page and in the wire, in order', () => {
  const cards = Array.from({ length: 30 }, (_, i) => sampleCard({ id: `p-${i}`, title: `Title ${i}.` }));
  for (const view of [frontPageView, wireView]) {
    const page = view(frontPage({ cards, trending: [] }), sampleFrame());
    const order = [...page.matchAll(/<h[23]><a href="\/papers\/p-(\d+)"/g)].map(([, n]) => Number(n));
    assert.deepEqual(
      order,
      cards.map((_, i) => i),
    );
  }
});

test('a vote is a form button, or a count where voting is closed', () => {
  const open = frontPageView(frontPage({ cards: [sampleCard({}, { voted: true })] }), sampleFrame());
  assert.match(
    open,
    /<button class="vote" form="vote" formaction="\/papers\/2507\.08772\/vote" name="vote" value="0" aria-pressed="true"/,
  );
  assert.match(open, /<form id="vote" method="post"/);
  const closed = frontPageView(frontPage({ cards: [sampleCard()] }), sampleFrame({ mayVote: false }));
  assert.doesNotMatch(closed, /<button class="vote"/);
  assert.match(closed, /12 votes/);
});

test('preferences set the edition, the density and whether keys are live', () => {
  const page = settingsView(
    { saved: false },
    sampleFrame({ preferences: { edition: 'late', density: 'compact', keys: false } }),
  );
  assert.match(page, /<html lang="en" data-edition="late" data-density="compact">/);
  assert.doesNotMatch(page, /keys-A\.js/);
  assert.match(page, /name="edition" value="late" checked/);
});

const GOLDEN = new URL('../../test/golden/paper.html', import.meta.url);

test('a small paper, as it is sent', () => {
  const card = sampleCard();
  const page = paperView(
    {
      card,
      similar: [],
      similarNote: null,
      bibtex: '@misc{example2025parts,\n  title = {Parts {\\&} wholes}\n}',
      placed: [{ date: '2026-04-20', number: 1, place: 3, why: null }],
      signals: [],
      reworded: [],
      letters: {
        count: 2,
        threads: [
          shownLetter({ edits: 2, editedAt: 1_790_000_600_000 }, [
            shownLetter({ id: 'b'.repeat(24), state: 'removed', reason: 'An advert.' }),
          ]),
        ],
      },
      community: {
        submissions: [
          {
            submission: {
              paperId: 'arxiv:2507.08772',
              reader: 'bo',
              day: '2026-04-20',
              at: 0,
              note: 'Read the *appendix*.',
            },
            by: { handle: 'bo', name: 'Bo' },
          },
        ],
        claims: {
          authors: new Map([['ada-example', { handle: 'ada', name: 'Ada' }]]),
          own: null,
          refusal: null,
          suggested: null,
        },
      },
      letterForm: { kind: 'new', about: null, key: 'k', body: 'Half a <thought>', preview: null, problem: null },
      math: {
        title: [{ kind: 'text', text: 'Parts & wholes' }],
        abstract: [
          { kind: 'text', text: 'We show that ' },
          { kind: 'math', text: 'x<y', display: false, mathml: '<math><mi>x</mi><mo>&lt;</mo><mi>y</mi></math>' },
          { kind: 'text', text: ' holds.' },
        ],
      },
    },
    sampleFrame({ path: '/papers/2507.08772' }),
  );
  const golden = existsSync(GOLDEN) ? readFileSync(GOLDEN, 'utf8') : '';
  if (page !== golden) writeFileSync(new URL('paper.html-changed', GOLDEN), page);
  assert.equal(page, golden, 'look at test/golden/paper.html-changed; when it is right, put it in place of paper.html');
});

test('a paper as Markdown: hostile text opens no link, tag or heading', () => {
  const text = markdownOf({ ...paperPage, card: hostileCard }, sampleFrame());
  assert.doesNotMatch(text.split('## Cite')[0]?.replace(/\]\(<[^<>\s]*>\)/g, '') ?? '', /(?<!\\)[<>]/);
  assert.match(
    markdownOf({ ...paperPage, card: sampleCard() }, sampleFrame()),
    /^# Parts & wholes: latents of order \$n\^2\$\n\nAda Example and Bo O’Sample\n/,
  );
});
