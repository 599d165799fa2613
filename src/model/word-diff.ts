import { diffArrays } from 'diff';

/** A run of words that stayed, came in or went out. */
export interface WordChange {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** Longer texts are not compared. */
export const MOST_CHARACTERS = 50_000;
/** Words that may differ before two texts count as different texts; bounds the work, which grows with its square. */
const MOST_EDITS = 1_000;

/** Words, single ideographs, spaces and single signs: together they are the text. */
const wordsOf = (text: string): string[] =>
  text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}’'_-]+(?:[.,]\p{N}+)*|\s+|./gsu) ??
  [];

/** A space between two changes belongs to them: `old words` → `new ones`, not word by word. */
const joined = (parts: readonly WordChange[]): readonly WordChange[] => {
  const out: WordChange[] = [];
  let [removed, added] = ['', ''];
  const flush = (): void => {
    if (removed !== '') out.push({ kind: 'removed', text: removed });
    if (added !== '') out.push({ kind: 'added', text: added });
    [removed, added] = ['', ''];
  };
  for (const [at, part] of parts.entries()) {
    if (part.kind === 'removed') removed += part.text;
    else if (part.kind === 'added') added += part.text;
    else if (at > 0 && at < parts.length - 1 && /^\s+$/.test(part.text)) {
      removed += part.text;
      added += part.text;
    } else {
      flush();
      out.push(part);
    }
  }
  flush();
  return out;
};

/**
 * What changed between two texts, word by word; null where they are too long or too unlike to compare. `same` and
 * `removed` together are `before`, `same` and `added` together are `after`.
 */
export const wordDiff = (before: string, after: string): readonly WordChange[] | null => {
  if (before === after) return before === '' ? [] : [{ kind: 'same', text: before }];
  if (before.length > MOST_CHARACTERS || after.length > MOST_CHARACTERS) return null;
  const found = diffArrays(wordsOf(before), wordsOf(after), { maxEditLength: MOST_EDITS });
  if (found === undefined) return null;
  return joined(
    found.map(({ added, removed, value }) => ({
      kind: added ? 'added' : removed ? 'removed' : 'same',
      text: value.join(''),
    })),
  );
};
