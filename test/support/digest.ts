import type { App } from '../../src/app.ts';
import {
  DEFAULT_WISHES,
  type Digest,
  type DigestEntry,
  type DigestLinks,
  type DigestPlan,
} from '../../src/model/digest.ts';
import type { Paper, PaperId } from '../../src/model/paper.ts';
import { href } from '../../src/model/urls.ts';
import { tokenOf } from '../../src/services/digest-links.ts';
import { sampleCard } from './papers.ts';

const ABSTRACT =
  'We ask how many witnesses a claim needs before a model repeats it. Over four corpora and $n = 10^4$ claims the number grows with the logarithm of the size of the corpus, not with its square root as was thought; a claim that stands in one careful source is repeated as readily as one in twelve careless ones, provided the reader was told which is which. We give the data, the code, and a bound of $O(\\log n)$ that is tight. Two limits are named: all four corpora are in English, and witnesses that copy one another count here as several.';

const entry = (n: number, title: string, reasons: readonly string[], change: Partial<Paper> = {}): DigestEntry => ({
  card: sampleCard({ id: `arxiv:2611.${String(10_000 + n)}`, title, abstract: ABSTRACT, ...change }),
  reasons,
});

const people = (count: number): Paper['authors'] =>
  Array.from({ length: count }, (_, n) => ({ name: `${'ABCDEFGHIJ'[n % 10]}. Sample-Author`, key: `a-${n}` }));

/** A digest with every part, of seven papers. */
export const sampleDigest = (change: Partial<Digest> = {}): Digest => ({
  id: 'day-1',
  kind: 'digest',
  masthead: 'Broadsheet',
  localDay: '2026-11-23',
  rhythm: 'daily',
  title: 'Broadsheet, Monday 23 November: 7 papers',
  edition: { date: '2026-11-22', number: 217 },
  reader: 'ada',
  address: 'ada@example.org',
  parts: [
    {
      part: 'trending',
      entries: [
        entry(1, 'How many witnesses does a claim need? A logarithmic answer in $O(\\log n)$', ['By 14 votes, new'], {
          authors: people(9),
          organisation: { name: 'Institute for Careful Reading', key: 'icr', handle: null },
        }),
        entry(2, 'Sparse attention over $\\mathbb{R}^{d}$ with $\\epsilon < 10^{-6}$ error', [
          'By 9 votes and 31 upvotes elsewhere, 1 day old',
        ]),
        entry(3, 'Tables, and how to read them', ['By its code, 2 days old'], { authors: people(1), abstract: '' }),
      ],
    },
    { part: 'personal', entries: [entry(4, 'Slow models for fast rivers', ['Near to what you saved last week'])] },
    {
      part: 'followed',
      entries: [entry(5, 'Notes on the second law of bookkeeping', ['By Ada Example, whom you follow'])],
    },
    { part: 'searches', entries: [entry(6, 'Crystals grown by diffusion', ['Found by “crystal growth”'])] },
    {
      part: 'groups',
      entries: [entry(7, 'A reading group is a small parliament', ['3 votes in Tuesday Readers', 'By 2 votes, new'])],
    },
  ],
  changes: [
    { card: sampleCard({ id: 'arxiv:2601.00001', title: 'An older paper' }), what: ['version', 'code'], version: 3 },
    { card: sampleCard({ id: 'arxiv:2601.00002', title: 'A paper that was' }), what: ['withdrawn'], version: 2 },
  ],
  replies: [
    {
      letterId: 'abc123',
      paperId: 'arxiv:2601.00003',
      title: 'On replies to $x^2$',
      by: 'Bo O’Sample',
      excerpt:
        'The lemma holds, I think, but for the case of even n: there the sum is one short. See the table on page 9.',
      at: Date.parse('2026-11-22T20:00:00Z'),
    },
  ],
  search: null,
  ...change,
});

const TOKEN = 'mjk2np5qrs7tuvwx.AbCdEfGhIjKlMnOpQrStUvWxYz1';

/** Links as long as real ones. */
export const sampleLinks = (origin = 'https://paper.example.org', reader = true): DigestLinks => {
  const own = `${origin}/mail/${TOKEN}`;
  const act = (verb: string) => (reader ? (id: string) => `${own}/digests/day-1/${verb}?paper=${id}` : null);
  return {
    home: `${origin}/`,
    copy: `${own}/digests/day-1`,
    preferences: own,
    unsubscribe: `${own}/unsubscribe`,
    oneClick: `${own}/unsubscribe`,
    search: (query) => origin + href.search(query),
    paper: (id) => origin + href.paper(id),
    letter: (paperId, letterId) => `${origin}${href.paper(paperId)}#letter-${letterId}`,
    save: act('save'),
    vote: act('vote'),
  };
};

/** A subscription of a reader and a mail of one paper that was sent for it, without any mail; the tokens of its links. */
export const putSentDigest = async (
  { store, clock }: Pick<App, 'store' | 'clock'>,
  { reader, paperId }: { readonly reader: string; readonly paperId: PaperId },
): Promise<{ readonly id: string; readonly manage: string; readonly act: string }> => {
  const at = clock.now();
  const subscription = await store.subscriptions.create({
    ...DEFAULT_WISHES,
    id: `of-${reader}`,
    address: `${reader}@example.org`,
    reader,
    state: 'active',
    createdAt: at,
    confirmedAt: at,
    nextAt: at,
    secret: `secret of ${reader}`,
  });
  if (subscription === null) throw new Error('the subscription was not made');
  const plan: DigestPlan = {
    edition: null,
    parts: [{ part: 'trending', entries: [{ paperId, reasons: ['By its code'] }] }],
    changes: [],
    replies: [],
    watched: [],
    search: null,
  };
  const row = { localDay: '2026-11-22', about: '', messageId: `${reader}@mail.example`, plan };
  await store.outbox.fill([{ subscription, row, nextAt: null }], at);
  const [there] = await store.outbox.of(subscription.id, 1);
  if (there === undefined) throw new Error('there is nothing in the outbox');
  await store.outbox.settle([{ id: there.id, state: 'sent', at, papers: [paperId], watched: [] }]);
  return { id: there.id, manage: tokenOf(subscription, 'manage'), act: tokenOf(subscription, `act ${there.id}`) };
};
