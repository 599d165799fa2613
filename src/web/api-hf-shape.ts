import { createHash } from 'node:crypto';
import type { Day } from '../kernel/day.ts';
import { plainMath } from '../kernel/plain-math.ts';
import type { Link, Organisation, PaperCard } from '../model/paper.ts';
import type { Person } from '../model/person.ts';
import { idInUrl } from '../model/urls.ts';

/** Stands where the protocol wants a date and the source gave none. */
const UNKNOWN_DAY: Day = '1970-01-01';

/** Identifiers of the protocol are 24 hexadecimal digits; ours are made from what they name. */
const objectId = (kind: string, name: string): string =>
  createHash('sha256').update(`${kind}:${name}`).digest('hex').slice(0, 24);

/** Dates must end in `Z`: the client refuses others. */
const instant = (day: Day): string => `${day}T00:00:00.000Z`;

const linkTo = (links: readonly Link[], rel: Link['rel']): string | null =>
  links.find((link) => link.rel === rel)?.url ?? null;

const organisationShape = ({ key, name, handle }: Organisation) => ({
  _id: objectId('organisation', key),
  name: handle ?? key,
  fullname: name,
});

const submitter = (masthead: string, by: Person | null) =>
  by === null
    ? house(masthead)
    : {
        _id: objectId('user', by.handle),
        user: by.handle,
        name: by.handle,
        fullname: by.name,
        isPro: false,
        type: 'user',
      };

const house = (masthead: string) => ({
  _id: objectId('user', masthead),
  user: 'broadsheet',
  name: 'broadsheet',
  fullname: masthead,
  isPro: false,
  type: 'user',
});

export interface Placing {
  /** The day the paper was placed; null where it never was. */
  readonly featured: Day | null;
  readonly masthead: string;
  /** Who submitted it first, and when (ms since 1970); left out where nobody has. */
  readonly submitted?: { readonly by: Person | null; readonly at: number } | undefined;
}

/** What the daily list, the search and a paper's own answer have in common. */
export const paperShape = ({ paper, votes }: PaperCard, { featured, masthead, submitted }: Placing) => {
  const placed = featured ?? paper.published ?? UNKNOWN_DAY;
  const github = paper.links.find(({ url }) => url.startsWith('https://github.com/'))?.url ?? null;
  return {
    id: decodeURIComponent(idInUrl(paper.id)),
    title: plainMath(paper.title),
    summary: plainMath(paper.abstract),
    authors: paper.authors.map(({ name, key }) => ({ _id: objectId('author', key), name, hidden: false })),
    publishedAt: instant(paper.published ?? placed),
    submittedOnDailyAt: submitted === undefined ? instant(placed) : new Date(submitted.at).toISOString(),
    submittedOnDailyBy: submitter(masthead, submitted?.by ?? null),
    upvotes: votes,
    discussionId: objectId('paper', paper.id),
    ai_keywords: [],
    mediaUrls: [],
    ...(paper.organisation ? { organization: organisationShape(paper.organisation) } : {}),
    ...(linkTo(paper.links, 'project') ? { projectPage: linkTo(paper.links, 'project') } : {}),
    ...(github ? { githubRepo: github } : {}),
    ...(paper.withdrawn ? { withdrawnAt: instant(paper.updated ?? placed) } : {}),
  };
};

/** One item of a list. The client reads some fields only here and others only in `paper`, so they stand in both. */
export const itemShape = (card: PaperCard, placing: Placing) => {
  const paper = paperShape(card, placing);
  const { title, summary, upvotes, ai_keywords, mediaUrls, submittedOnDailyAt, submittedOnDailyBy } = paper;
  const { featured } = placing;
  return {
    paper,
    title,
    summary,
    publishedAt: featured === null ? submittedOnDailyAt : instant(featured),
    submittedBy: submittedOnDailyBy,
    numComments: (card.comments ?? 0) + card.letters,
    isAuthorParticipating: false,
    upvotes,
    ai_keywords,
    mediaUrls,
    ...('organization' in paper ? { organization: paper.organization } : {}),
    ...('projectPage' in paper ? { projectPage: paper.projectPage } : {}),
    ...('githubRepo' in paper ? { githubRepo: paper.githubRepo } : {}),
  };
};

/** A paper's own answer. */
export const detailShape = (card: PaperCard, placing: Placing) => ({
  ...paperShape(card, placing),
  numComments: (card.comments ?? 0) + card.letters,
  linkedModels: [],
  numTotalModels: 0,
  linkedDatasets: [],
  numTotalDatasets: 0,
  linkedSpaces: [],
});
