import { handlesIn } from './letter-words.ts';
import type { PaperId } from './paper.ts';
import type { Role } from './reader.ts';

/** 24 hexadecimal digits, made from who wrote what in answer to what: the same letter sent twice has the same id. */
export type LetterId = string;

/** `deleted` by its author, `hidden` until somebody has looked, `removed` by a moderator. */
export type LetterState = 'open' | 'deleted' | 'hidden' | 'removed';

export interface LetterAuthor {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly isAuthorOfPaper: boolean;
}

/** A reader's words on a paper. */
export interface Letter {
  readonly id: LetterId;
  readonly paperId: PaperId;
  /** The group whose members alone read it; null for everyone's. */
  readonly groupId: string | null;
  readonly parentId: LetterId | null;
  readonly author: LetterAuthor;
  /** Markdown, as written. */
  readonly body: string;
  /** Milliseconds since 1970, all times. */
  readonly createdAt: number;
  readonly editedAt: number | null;
  readonly edits: number;
  readonly state: LetterState;
  /** When it came to that state; null while it has never left `open`. */
  readonly stateAt: number | null;
  /** Why it is hidden or removed, for readers. */
  readonly reason: string | null;
}

/** One wording of a letter; `n` counts from 1. */
export interface LetterWording {
  readonly n: number;
  readonly body: string;
  readonly at: number;
}

export interface LetterReport {
  readonly letterId: LetterId;
  readonly reader: string;
  readonly reason: string;
  readonly at: number;
}

export const BODY_CAP = 10_000;
export const REASON_CAP = 500;
/** How long authors can bring back what they deleted. Milliseconds. */
export const UNDO_MS = 10 * 60_000;

/** Answers deeper than this stand beside the one they answer. */
export const DEEPEST = 4;

/** A letter among the others of its paper. */
export interface Placed {
  readonly letter: Letter;
  /** From 1; what answers a letter of depth `DEEPEST` has that depth too. */
  readonly depth: number;
  readonly answers: readonly Placed[];
}

const older = (a: Letter, b: Letter): number => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);

/**
 * Letters as threads, oldest first. Each stands under the one it answers; where that is not among them, or they answer each
 * other in a circle, it begins a thread. What would stand deeper than `DEEPEST` stands there, in order of age.
 */
export const threadsOf = (letters: readonly Letter[]): readonly Placed[] => {
  const sorted = [...letters].sort(older);
  const known = new Map(sorted.map((letter) => [letter.id, letter]));
  const parentOf = (letter: Letter): LetterId | null => {
    const above = new Set<LetterId>();
    for (let next = letter.parentId; next !== null && !above.has(next); next = known.get(next)?.parentId ?? null)
      above.add(next);
    const { parentId } = letter;
    return parentId !== null && known.has(parentId) && !above.has(letter.id) ? parentId : null;
  };
  const under = Map.groupBy(sorted, parentOf);
  const flat = (letter: Letter): readonly Letter[] => {
    const found: Letter[] = [];
    const left = [...(under.get(letter.id) ?? [])];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      found.push(next);
      left.push(...(under.get(next.id) ?? []));
    }
    return found.sort(older);
  };
  const place = (letter: Letter, depth: number): Placed => ({
    letter,
    depth,
    answers:
      depth === DEEPEST - 1
        ? flat(letter).map((one) => ({ letter: one, depth: DEEPEST, answers: [] }))
        : (under.get(letter.id) ?? []).map((one) => place(one, depth + 1)),
  });
  return (under.get(null) ?? []).map((letter) => place(letter, 1));
};

/** Threads without the deleted letters that nothing answers; `keep` spares those it is true of. */
export const withoutGone = (threads: readonly Placed[], keep: (letter: Letter) => boolean): readonly Placed[] =>
  threads.flatMap((placed) => {
    const answers = withoutGone(placed.answers, keep);
    const gone = placed.letter.state === 'deleted' && answers.length === 0 && !keep(placed.letter);
    return gone ? [] : [{ ...placed, answers }];
  });

/** Every letter of the threads, in the order they are read. */
export const inOrder = (threads: readonly Placed[]): readonly Placed[] =>
  threads.flatMap((placed) => [placed, ...inOrder(placed.answers)]);

/** A letter as a Markdown quotation, with whose words they are; ends in an empty line. */
export const quoteOf = ({ author, body }: Pick<Letter, 'author' | 'body'>): string => {
  const lines = body.trim().split(/\r\n|\r|\n/);
  return `@${author.handle} wrote:\n\n${lines.map((line) => (line === '' ? '>' : `> ${line}`)).join('\n')}\n\n`;
};

const CODE =
  /^ {0,3}(`{3,}|~{3,})[^\n]*(?:\n[\s\S]*?(?:\n {0,3}\1|$(?![\s\S]))|$(?![\s\S]))|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\2(?!`)/gm;

/** The handles a letter mentions, each once, in small letters; neither in code nor in what it quotes. At most `most`. */
export const mentionsIn = (body: string, most = 20): readonly string[] => {
  const own = body.replace(CODE, ' ').replace(/^ {0,3}>.*$/gm, ' ');
  return [...new Set(handlesIn(own).map(({ handle }) => handle))].slice(0, most);
};

/** A letter as it is kept: line ends are `\n`, nothing but space stands at its ends. */
export const bodyOf = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll('\0', '')
    .replace(/\r\n?/g, '\n')
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .trimEnd();

/** What one reader may do with one letter. */
export interface LetterRights {
  readonly answer: boolean;
  readonly edit: boolean;
  readonly delete: boolean;
  readonly undo: boolean;
  readonly report: boolean;
  /** Whether its words are shown. */
  readonly read: boolean;
}

/** `reader` null is nobody in particular. */
export const rightsOf = (
  letter: Letter,
  reader: { readonly id: string; readonly role: Exclude<Role, 'anyone'> } | null,
  now: number,
): LetterRights => {
  const own = reader?.id === letter.author.id;
  const open = letter.state === 'open';
  const moderates = reader?.role === 'moderator' || reader?.role === 'operator';
  return {
    read: open || (letter.state !== 'deleted' && moderates),
    answer: reader !== null && open,
    edit: own && open,
    delete: own && open,
    undo: own && letter.state === 'deleted' && letter.stateAt !== null && now - letter.stateAt < UNDO_MS,
    report: reader !== null && !own && open,
  };
};
