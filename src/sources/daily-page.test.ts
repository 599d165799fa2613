import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../ports/source.ts';
import { dailyPage } from './daily-page.ts';

const PAGE = readFileSync(new URL('../../assets/first-edition/daily-papers-page.txt', import.meta.url), 'utf8');
const GOLDEN = new URL('../../test/golden/first-edition.json', import.meta.url);

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

const parsed = (text: string, resume = 0): Promise<Entry[]> =>
  Array.fromAsync(dailyPage.parse(bytesOf(text), { resume }));

const papersOf = (entries: readonly Entry[]) => entries.flatMap((entry) => (entry.kind === 'paper' ? [entry] : []));

const page = (...parts: readonly string[]): string => ['Daily Papers', 'Apr 20', ...parts].join('\n\n');
const FIRST = 'A first paper\n\nIts abstract is longer than the title.\n\n  • 3 authors\n·\nDec 29, 2025 3';

test('the first edition is read as the golden list has it', async () => {
  const papers = papersOf(await parsed(PAGE)).map(({ line, draft }) => ({
    line,
    title: draft.titleRaw,
    byline: draft.byline,
    authors: draft.authorCount,
    organisation: draft.organisation && `${draft.organisation.handle} = ${draft.organisation.name}`,
    published: draft.published,
    comments: draft.signals.comments ?? null,
    cut: draft.abstractCut,
  }));
  assert.deepEqual(papers, JSON.parse(readFileSync(GOLDEN, 'utf8')));
});

test('titles, abstracts and raw entries of the first edition are the very lines of the page', async () => {
  const lines = PAGE.split('\n');
  const papers = papersOf(await parsed(PAGE));
  assert.equal(papers.length, 81);
  for (const { line, position, raw, draft } of papers) {
    assert.equal(draft.titleRaw, lines[line - 1]);
    assert.equal(draft.abstractRaw, lines[line + 1]);
    assert.equal(raw, lines.slice(line - 1, position).join('\n'));
  }
});

test('the page says its day first, in the first year that no paper lies after', async () => {
  const entries = await parsed(PAGE);
  assert.deepEqual(entries[0], { kind: 'edition', line: 11, position: 11, date: '2026-04-20' });
  assert.equal(entries.filter(({ kind }) => kind === 'rejected').length, 0);
  const early = await parsed(`Daily Papers\n\nDec 31\n\n${FIRST}`);
  assert.equal(early[0]?.kind === 'edition' && early[0].date, '2025-12-31');
  const leap = await parsed(`Daily Papers\n\nFeb 29\n\n${FIRST}`);
  assert.equal(leap[0]?.kind === 'edition' && leap[0].date, '2028-02-29');
  const printed = await parsed(`Daily Papers\n\nApr 20, 2031\n\n${FIRST}`);
  assert.equal(printed[0]?.kind === 'edition' && printed[0].date, '2031-04-20');
});

test('what the copy lost of TeX is mended for display and kept raw', async () => {
  const papers = papersOf(await parsed(PAGE)).map(({ draft }) => draft);
  const shown = papers.map(({ title, abstract }) => `${title}\n${abstract}`).join('\n');
  assert.doesNotMatch(shown, /[\\{}`]|&[a-z]+;|leq100/);
  for (const mended of [
    'we propose a reinforcement learning mechanism named R^3 that along three',
    'Referred to as the neural variability, it is',
    'from “natural” neural networks',
    'Knights & Knaves (K&K)',
    'HumanEval⁺, and MMLU-Pro',
    'dataset (≤100 examples)',
    'improvement of ∼6% across',
    'in-context learning – the induction head',
    'policy success by 44.7%.',
    'distributed (i. i. d) data',
    'Code: https://github.com/zeke-xie/artificial-neural-variability-for-deep-learning.',
    'a cross-context Replay strategy',
  ]) {
    assert.ok(shown.includes(mended), mended);
  }
  // Nothing but leftovers changes: all other texts are shown exactly as they stand on the page.
  const touched = papers.filter((paper) => paper.abstract !== paper.abstractRaw || paper.title !== paper.titleRaw);
  assert.deepEqual(
    touched.map(({ titleRaw }) => titleRaw.split(' ').slice(0, 2).join(' ')),
    [
      'Ctrl-World: A',
      'Artificial Neural',
      'Causal de',
      'Vision-R1: Incentivizing',
      'Warm Up',
      'What needs',
      'In-Context Learning',
      'R^3: Replay,',
      'RLP: Reinforcement',
      'Pre-Trained Policy',
    ],
  );
});

test('links come from the abstracts', async () => {
  const papers = papersOf(await parsed(PAGE));
  const code = papers.flatMap(({ draft }) => draft.links.filter(({ rel }) => rel === 'code').map(({ url }) => url));
  assert.ok(code.includes('https://github.com/hijih/copo-code.git'));
  assert.ok(code.includes('https://github.com/ypwang61/One-Shot-RLVR'));
});

test('a paper without byline ends where the next title stands', async () => {
  const papers = papersOf(
    await parsed(
      page(
        'Without a byline',
        'An abstract that is longer than it.',
        'The next one',
        'Another abstract, longer too.\n\nA second paragraph that is much longer than any title may ever be, '.concat(
          'word '.repeat(70),
          '.',
        ),
        '  • 1 authors\n·\nJan 30',
        FIRST,
      ),
    ),
  );
  assert.deepEqual(
    papers.map(({ draft }) => [draft.titleRaw, draft.byline, draft.published]),
    [
      ['Without a byline', null, null],
      ['The next one', '1 authors', '2026-01-30'],
      ['A first paper', '3 authors', '2025-12-29'],
    ],
  );
  assert.match(papers[1]?.draft.abstractRaw ?? '', /too\.\n\nA second/);
});

test('a day without year that would come after the page lies in the year before', async () => {
  const [, last] = papersOf(
    await parsed(page(FIRST, 'A late one', 'Its abstract is longer than its title.', 'org Organisation\n·\nApr 21')),
  );
  assert.equal(last?.draft.published, '2025-04-21');
});

test('what cannot be read is refused, with its line and the reason', async () => {
  const reasons = async (text: string) =>
    (await parsed(text)).flatMap((entry) => (entry.kind === 'rejected' ? [`${entry.line}: ${entry.reason}`] : []));
  assert.deepEqual(await reasons('nothing of the kind'), ['1: there is no line “Daily Papers”']);
  assert.deepEqual(await reasons(page(FIRST, 'Only a title', '  • 2 authors\n·\nMay 1, 2024')), [
    '13: the entry has a title but no abstract',
  ]);
  assert.deepEqual(await reasons(page(FIRST, 'A title', 'An abstract, longer than it.', '  • 2 authors\n·\nFoo 99')), [
    '13: the date “Foo 99” cannot be read',
  ]);
  assert.deepEqual(await reasons(page('  • 2 authors\n·\nMay 1, 2024', FIRST)), [
    '5: a byline without title and abstract',
  ]);
  assert.deepEqual(await reasons(`Daily Papers\n\n${FIRST}`), ['1: the page has no date of its own']);
  assert.deepEqual(await reasons(page('A title', 'An abstract, longer than it.', '  • 2 authors\n·\nMay 1')), [
    '3: the year of the page cannot be told',
  ]);
});

test('Windows line breaks and a byte order mark change nothing', async () => {
  const there = (await parsed(`\ufeff${PAGE.replaceAll('\n', '\r\n')}`)).map((entry) => ({ ...entry, raw: '' }));
  assert.deepEqual(
    there,
    (await parsed(PAGE)).map((entry) => ({ ...entry, raw: '' })),
  );
});

test('resuming after any entry gives exactly the rest', async () => {
  const entries = await parsed(PAGE);
  for (const at of [0, 1, 28, 81]) {
    const rest = await parsed(PAGE, entries[at]?.position);
    assert.deepEqual(rest, entries.slice(at + 1));
  }
});

test('any text is read without throwing, in order, and every entry has its line', async () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'Daily Papers',
      'Apr 20',
      '·',
      '  • 3 authors',
      'Jul 1, 2025 3',
      'org Org',
      '',
      'Feb 30',
      'A title',
      FIRST,
      'x'.repeat(400),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.constantFrom('\n', '\n\n', '\r\n'), async (pieces, gap) => {
      const text = pieces.join(gap);
      const entries = await parsed(text);
      let position = 0;
      for (const entry of entries) {
        assert.ok(entry.line >= 1 && entry.line <= entry.position && entry.position >= position);
        position = entry.position;
      }
      assert.ok(position <= text.split('\n').length);
    }),
    { numRuns: 300 },
  );
});
