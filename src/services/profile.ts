import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { foldSpace } from '../kernel/text.ts';
import type { Letter } from '../model/letter.ts';
import { EVERYTHING, STATES } from '../model/library.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import {
  aboutText,
  LINKS_MOST,
  type Profile,
  type ProfileLetter,
  type ProfilePage,
  profileLinks,
  type Showable,
} from '../model/profile.ts';
import type { Reader } from '../model/reader.ts';
import type { Submission } from '../model/submission.ts';
import type { Store } from '../store/store.ts';
import { peopleOf, readerNamed } from './people.ts';

interface Deps {
  readonly store: Pick<Store, 'papers' | 'submissions' | 'claims' | 'profiles' | 'letters' | 'library' | 'accounts'>;
}

/** The newest of each kind that are listed. */
const LISTED = 50;
const BEGINNING = 280;
/** What lies further back is in nobody's interest, and would be read for every page. */
const MOST_PAGES = 200;

const byId = (cards: readonly PaperCard[]): ReadonlyMap<PaperId, PaperCard> =>
  new Map(cards.map((card) => [card.paper.id, card]));

/** A page of a list that was read to its end and one further: the page, and whether there are more. */
const pageOf = <T>(all: readonly T[], page: number): { readonly some: readonly T[]; readonly more: boolean } => ({
  some: all.slice((page - 1) * LISTED, page * LISTED),
  more: all.length > page * LISTED,
});

const lettersOn = async ({ store }: Deps, some: readonly Letter[]): Promise<readonly ProfileLetter[]> => {
  const letters = some.filter(({ state, groupId }) => state === 'open' && groupId === null);
  const cards = byId(await store.papers.cards([...new Set(letters.map(({ paperId }) => paperId))], ''));
  return letters.flatMap(({ id, paperId, createdAt, body }) => {
    const card = cards.get(paperId);
    const says = foldSpace(body);
    return card === undefined
      ? []
      : [
          {
            id,
            paperId,
            paperTitle: card.paper.title,
            at: createdAt,
            says: says.length > BEGINNING ? `${says.slice(0, BEGINNING).toWellFormed()}…` : says,
          },
        ];
  });
};

/** Submissions of a reader without those taken down. */
const shownOf = async ({ store }: Deps, reader: string, all: readonly Submission[]): Promise<readonly Submission[]> => {
  const open = await store.submissions.of(all.map(({ paperId }) => paperId));
  return all.filter(({ paperId }) => open.get(paperId)?.some((one) => one.reader === reader));
};

/**
 * The page of a reader: their papers, and of their letters, submissions, votes and library what they show; they themselves
 * see the same as others. `asking` is who looks; votes on the cards are theirs. The newest fifty of each list, or with `list`
 * a page of that one alone.
 */
export const readProfile = async (
  deps: Deps,
  handle: string,
  asking: Reader | null,
  { list = null, page = 1 }: { readonly list?: Showable | null; readonly page?: number } = {},
): Promise<Result<ProfilePage, 'not-found'>> => {
  const { store } = deps;
  const reader = await readerNamed(store, handle);
  if (reader === null) return fail('not-found', 'There is no such reader here.');
  const profile = await store.profiles.get(reader.id);
  const cardsOf = async (ids: readonly PaperId[]) => store.papers.cards(ids, asking?.id ?? '');
  const shows = (what: Showable): boolean => profile.shown.includes(what) && (list === null || list === what);
  const at = list === null ? 1 : Math.min(Math.max(1, page), MOST_PAGES);
  const upTo = at * LISTED + 1;
  const more: Showable[] = [];
  const paged = <T>(what: Showable, all: readonly T[]): readonly T[] => {
    const { some, more: further } = pageOf(all, at);
    if (further) more.push(what);
    return some;
  };
  const claims = (await store.claims.of(reader.id)).filter(({ state }) => state === 'granted');
  const papers = byId(await cardsOf(claims.map(({ paperId }) => paperId)));
  const submitted = shows('submissions')
    ? await shownOf(deps, reader.id, paged('submissions', await store.submissions.by(reader.id, upTo)))
    : [];
  const submittedCards = byId(await cardsOf(submitted.map(({ paperId }) => paperId)));
  const shelf = shows('library')
    ? paged(
        'library',
        await store.library.list(reader.id, {
          ...EVERYTHING,
          states: STATES.filter((state) => state !== 'not-interested'),
        }),
      ).map(({ paperId }) => paperId)
    : null;
  return ok({
    person: { handle: reader.handle, name: reader.name },
    about: profile.about,
    links: profile.links,
    papers: claims
      .flatMap((claim) => {
        const card = papers.get(claim.paperId);
        return card === undefined ? [] : [{ card, claim }];
      })
      .sort((a, b) => (b.card.paper.published ?? '').localeCompare(a.card.paper.published ?? '')),
    submissions: shows('submissions')
      ? submitted.flatMap((submission) => {
          const card = submittedCards.get(submission.paperId);
          return card === undefined ? [] : [{ card, submission }];
        })
      : null,
    votes: shows('votes') ? await cardsOf(paged('votes', await store.profiles.votes(reader.id, upTo))) : null,
    library: shelf === null ? null : await cardsOf(shelf),
    letters: shows('letters')
      ? await lettersOn(deps, paged('letters', await store.letters.ofAuthor(reader.id, upTo)))
      : null,
    own: asking?.id === reader.id,
    list,
    page: at,
    more,
  });
};

/** Writes what a reader says of themselves, and what of theirs everyone may see. */
export const saveProfile = async (
  { store, clock }: Pick<Deps, 'store'> & { readonly clock: Clock },
  {
    reader,
    about,
    links,
    shown,
  }: { readonly reader: string; readonly about: string; readonly links: string; readonly shown: readonly Showable[] },
): Promise<Result<Profile, 'bad-input'>> => {
  const addresses = profileLinks(links);
  if (addresses === null)
    return fail(
      'bad-input',
      `Links are web addresses, one a line, at most ${LINKS_MOST}, e.g. https://example.org/me.`,
    );
  const profile: Profile = { reader, about: aboutText(about), links: addresses, shown, changedAt: clock.now() };
  await store.profiles.put(profile);
  return ok(profile);
};

/** The readers who are known to have published under a name. */
export const readersNamed = async ({ store }: Deps, authorKey: string) => {
  const ids = await store.claims.grantedTo(authorKey);
  return [...(await peopleOf(store, ids)).values()];
};
