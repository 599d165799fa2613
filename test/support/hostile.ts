import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from './app.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/hostile');

const stringsOf = (name: string): readonly string[] => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as string[];

/** Markup that would run script if it were let through. */
export const markup = (): readonly string[] => [
  ...new Set(
    ['dompurify-payloads', 'dompurify-suite-literals', 'h5sc-vectors', 'payloads-all-the-things'].flatMap((name) =>
      stringsOf(`${name}.json`),
    ),
  ),
];

/** Every hostile string, once. */
export const hostileStrings = (): readonly string[] => [
  ...new Set([...['blns', 'ssrf-hosts', 'unicode-nasties'].flatMap((name) => stringsOf(`${name}.json`)), ...markup()]),
];

const idOf = (n: number): string => `2401.${String(n + 1).padStart(5, '0')}`;

/** Papers that say these strings in every field of theirs, taken in like any others and placed on a front page. */
export const takeHostile = async (site: Site, strings: readonly string[], date: string): Promise<readonly string[]> => {
  const { rejected } = await site.take(
    strings.map((text, n) => ({
      id: idOf(n),
      title: text.trim() === '' ? 'Nothing' : text,
      abstract: `${text} and ${text}`,
      authors_parsed: [
        [text, 'Ada', ''],
        ['Example', text, ''],
      ],
      categories: 'cs.CR',
      comments: text,
      'journal-ref': text,
      doi: text,
      license: text,
      versions: [{ version: 'v1', created: 'Mon, 1 Jan 2024 10:00:00 GMT' }],
    })),
  );
  const ids = strings.map((_, n) => `arxiv:${idOf(n)}`);
  const there = (await site.app.store.papers.cards(ids, '')).map(({ paper }) => paper.id);
  if (there.length + rejected !== strings.length) throw new Error('a hostile paper was lost');
  await site.app.store.editions.save({ date, source: 'arxiv-snapshot', placements: there });
  return there;
};
