import { hash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { foldSpace } from '../kernel/text.ts';
import {
  BODY_CAP,
  bodyOf,
  type Letter,
  type LetterId,
  type LetterRights,
  type Placed,
  REASON_CAP,
  rightsOf,
  threadsOf,
  UNDO_MS,
  withoutGone,
} from '../model/letter.ts';
import type { LetterHistory, LettersPage, ShownLetter, ShownThread } from '../model/letter-page.ts';
import type { PaperId } from '../model/paper.ts';
import type { Reader } from '../model/reader.ts';
import type { Store } from '../store/store.ts';
import { enterGroup } from './group.ts';
import { letterRate } from './letter-rate.ts';
import type { MarkdownRenderer } from './markdown.ts';
import { setWords } from './mention.ts';
import type { NewcomerDeps } from './newcomer.ts';
import { tellOf } from './notification.ts';

interface Deps {
  readonly store: Pick<Store, 'letters' | 'papers'>;
  readonly clock: Clock;
}
/** Whoever a letter answers or names is told of it. */
interface TellingDeps extends Deps, NewcomerDeps {
  readonly store: Pick<Store, 'letters' | 'papers' | 'notifications' | 'accounts' | 'claims'>;
}

const idOf = (parts: readonly (string | null)[]): LetterId => hash('sha256', JSON.stringify(parts)).slice(0, 24);

const textOf = (text: string): Result<string, 'bad-input'> => {
  const body = bodyOf(text);
  if (body === '') return fail('bad-input', 'There is nothing in the letter yet.');
  if (body.length <= BODY_CAP) return ok(body);
  const over = (body.length - BODY_CAP).toLocaleString('en-GB');
  return fail(
    'bad-input',
    `The letter is too long by ${over} characters: ${BODY_CAP.toLocaleString('en-GB')} are taken. Nothing was lost; shorten it and send it again.`,
  );
};

export interface LetterWish {
  readonly paperId: PaperId;
  readonly parentId: LetterId | null;
  /** Made by the page the letter is written on: the same key and words are the same letter. */
  readonly key: string;
  readonly body: string;
  readonly reader: Reader;
  readonly groupId?: string | null;
}

/** Writes a letter, or answers one. Sent twice it is one. Throws `Fault('too-many')`, `Fault('not-found')` for an unknown paper. */
export const writeLetter = async (
  deps: TellingDeps,
  { paperId, parentId, key, body: text, reader, groupId = null }: LetterWish,
): Promise<Result<Letter, 'bad-input' | 'not-found'>> => {
  const body = textOf(text);
  if (!body.ok) return body;
  const id = idOf([reader.id, paperId, groupId, parentId, key, body.value]);
  const there = await deps.store.letters.get(id);
  if (there !== null) {
    // It may have been sent again because nothing was heard of it: those it is told to hear of it once.
    if (there.state === 'open') await tellOf(deps, there);
    return ok(there);
  }
  if (parentId !== null) {
    const parent = await deps.store.letters.get(parentId);
    if (parent?.paperId !== paperId || parent.groupId !== groupId || parent.state !== 'open')
      return fail('not-found', 'The letter you answer is no longer here. Your words are kept in the form.');
  }
  const within = await letterRate(deps, reader);
  const at = deps.clock.now();
  await deps.store.letters.sweep(at - UNDO_MS);
  const author = { id: reader.id, handle: reader.handle, name: reader.name };
  const written = { id, paperId, groupId, parentId, author, body: body.value, at };
  const { letter } = await deps.store.letters.add({ ...written, within });
  await tellOf(deps, letter);
  return ok(letter);
};

interface Which {
  readonly id: LetterId;
  readonly reader: Reader;
}

const NO_LETTER = 'There is no such letter here.';

const granted = async (
  { store, clock }: Deps,
  { id, reader }: Which,
  right: keyof LetterRights,
): Promise<Result<Letter, 'not-found' | 'forbidden'>> => {
  const letter = await store.letters.get(id);
  if (letter === null) return fail('not-found', NO_LETTER);
  if (rightsOf(letter, reader, clock.now())[right]) return ok(letter);
  const refusal: Partial<Record<keyof LetterRights, string>> = {
    undo: 'It can no longer be brought back.',
    report: 'It cannot be reported.',
  };
  return fail('forbidden', refusal[right] ?? 'Only its author can change a letter, while it is open.');
};

/** Gives a letter other words; those it had are kept. */
export const editLetter = async (
  deps: TellingDeps,
  { body: text, ...which }: Which & { readonly body: string },
): Promise<Result<Letter, 'bad-input' | 'not-found' | 'forbidden'>> => {
  const body = textOf(text);
  if (!body.ok) return body;
  const before = await granted(deps, which, 'edit');
  if (!before.ok || before.value.body === body.value) return before;
  const within = await letterRate(deps, which.reader);
  const letter = await deps.store.letters.edit({ id: which.id, body: body.value, at: deps.clock.now(), within });
  if (letter === null) return fail('not-found', NO_LETTER);
  await tellOf(deps, letter);
  return ok(letter);
};

/** Deletes a letter of the reader's own; for ten minutes it can be brought back. Deleted twice is deleted once. */
export const deleteLetter = async (deps: Deps, which: Which): Promise<Result<Letter, 'not-found' | 'forbidden'>> => {
  const before = await granted(deps, which, 'delete');
  if (!before.ok) {
    const letter = await deps.store.letters.get(which.id);
    return letter?.state === 'deleted' && letter.author.id === which.reader.id ? ok(letter) : before;
  }
  const turn = { id: which.id, to: 'deleted', by: which.reader.id, reason: null, at: deps.clock.now() } as const;
  await deps.store.letters.turn({ ...turn, from: ['open'] });
  return before;
};

/** Brings back what its author has just deleted. */
export const restoreLetter = async (deps: Deps, which: Which): Promise<Result<Letter, 'not-found' | 'forbidden'>> => {
  const letter = await deps.store.letters.get(which.id);
  if (letter?.state === 'open' && letter.author.id === which.reader.id) return ok(letter);
  const before = await granted(deps, which, 'undo');
  if (!before.ok) return before;
  const at = deps.clock.now();
  const turn = { id: which.id, to: 'open', by: which.reader.id, reason: null, at, since: at - UNDO_MS } as const;
  await deps.store.letters.turn({ ...turn, from: ['deleted'] });
  return before;
};

/** Tells the moderators of a letter, and why; of one reader once. */
export const reportLetter = async (
  deps: Deps,
  { reason, ...which }: Which & { readonly reason: string },
): Promise<Result<Letter, 'bad-input' | 'not-found' | 'forbidden'>> => {
  const said = foldSpace(reason.toWellFormed()).slice(0, REASON_CAP);
  if (said === '') return fail('bad-input', 'Say in a few words what is wrong with the letter.');
  const letter = await granted(deps, which, 'report');
  if (!letter.ok) return letter;
  await deps.store.letters.report({ letterId: which.id, reader: which.reader.id, reason: said, at: deps.clock.now() });
  return letter;
};

interface ReadDeps extends Deps {
  readonly store: Pick<Store, 'letters' | 'papers' | 'groups' | 'accounts'>;
  readonly markdown: Pick<MarkdownRenderer, 'render'>;
}

const shown = async (deps: ReadDeps, letter: Letter, reader: Reader | null): Promise<ShownLetter> => {
  const rights = rightsOf(letter, reader, deps.clock.now());
  return rights.read
    ? { letter, rights, rendered: await setWords(deps, letter.body) }
    : { letter: { ...letter, body: '' }, rights, rendered: null };
};

/** Everyone's letters on a paper, in threads, oldest first. `reader` null is nobody in particular. */
export const readLetters = async (
  deps: ReadDeps,
  {
    paperId,
    reader,
    groupId = null,
  }: { readonly paperId: PaperId; readonly reader: Reader | null; readonly groupId?: string | null },
): Promise<LettersPage> => {
  const all = await deps.store.letters.ofPaper(paperId, groupId);
  const now = deps.clock.now();
  const show = async (placed: Placed): Promise<ShownThread> => ({
    ...(await shown(deps, placed.letter, reader)),
    depth: placed.depth,
    answers: await Promise.all(placed.answers.map(show)),
  });
  const threads = withoutGone(threadsOf(all), (letter) => rightsOf(letter, reader, now).undo);
  return { threads: await Promise.all(threads.map(show)), count: all.filter(({ state }) => state === 'open').length };
};

const readable = async (deps: ReadDeps, { groupId }: Letter, reader: Reader | null): Promise<boolean> =>
  groupId === null || (await enterGroup(deps, { handle: groupId, reader, action: 'letters' })).ok;

/** One letter; fails where there is none, or it belongs to a group that the reader is not in. */
export const readLetter = async (
  deps: ReadDeps,
  { id, reader }: { readonly id: LetterId; readonly reader: Reader | null },
): Promise<Result<ShownLetter, 'not-found'>> => {
  const letter = await deps.store.letters.get(id);
  return letter !== null && (await readable(deps, letter, reader))
    ? ok(await shown(deps, letter, reader))
    : fail('not-found', NO_LETTER);
};

/** A letter's wordings, each set; none where its words are not shown. */
export const readHistory = async (
  deps: ReadDeps,
  which: { readonly id: LetterId; readonly reader: Reader | null },
): Promise<Result<LetterHistory, 'not-found'>> => {
  const found = await readLetter(deps, which);
  if (!found.ok) return found;
  const kept = found.value.rights.read ? await deps.store.letters.wordings(which.id) : [];
  const wordings = await Promise.all(
    kept.map(async (wording) => ({ ...wording, rendered: await setWords(deps, wording.body) })),
  );
  return ok({ ...found.value, wordings: wordings.reverse() });
};
