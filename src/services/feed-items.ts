import { dayOf } from '../kernel/day.ts';
import { plainMath } from '../kernel/plain-math.ts';
import { uuidOf } from '../kernel/uuid.ts';
import { categoryName } from '../model/category.ts';
import type { FeedItem } from '../model/feed.ts';
import type { ShownLetter } from '../model/letter-page.ts';
import type { Link, Paper, PaperCard } from '../model/paper.ts';
import { href } from '../model/urls.ts';

const urn = (name: string): string => `urn:uuid:${uuidOf(name)}`;

/** Feeds are known by where they stand: one that moves to another host is another feed. `page` has no secrets. */
export const feedId = (origin: string, page: string): string => urn(`feed ${origin} ${page}`);

/**
 * What names a paper for ever: where it was first seen. Its own id changes where a better one is found, and two papers that
 * prove to be one keep the older's.
 */
const lasting = ({ id, sightings }: Paper): string => {
  const [first] = [...sightings].sort(
    (a, b) =>
      a.seenAt.localeCompare(b.seenAt) || a.source.localeCompare(b.source) || (a.externalId < b.externalId ? -1 : 1),
  );
  return first === undefined ? id : `${first.source} ${first.externalId}`;
};

const iso = (day: string): string => `${day}T00:00:00.000Z`;

/** In whole seconds, which is all that RSS can say. */
const moment = (time: string | number): string => `${new Date(time).toISOString().slice(0, 19)}.000Z`;

const linkOf = ({ links }: Paper, ...rels: readonly Link['rel'][]): string | null =>
  rels.flatMap((rel) => links.find((link) => link.rel === rel)?.url ?? []).at(0) ?? null;

const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** A paper as an entry. `reasons`: why it is in this feed, in sentences. `group`: in whose front page it stands. */
export const paperItem = (
  { paper, votes, letters }: PaperCard,
  { reasons = [], group = null }: { readonly reasons?: readonly string[]; readonly group?: string | null } = {},
): FeedItem => {
  const seen = paper.sightings.map(({ seenAt }) => seenAt).sort()[0] ?? iso(dayOf(0));
  const published = paper.published === null ? moment(seen) : iso(paper.published);
  const updated = paper.updated === null ? published : iso(paper.updated);
  const name = `paper ${lasting(paper)}`;
  return {
    id: urn(group === null ? name : `${name} in ${group}`),
    title: plainMath(paper.title),
    page: group === null ? href.paper(paper.id) : href.groupPaper(group, paper.id),
    elsewhere: linkOf(paper, 'abstract', 'doi', 'html', 'project'),
    published,
    updated: [published, updated].sort()[1] ?? published,
    authors: paper.authors.map((author) => ({ name: author.name, page: href.author(author.key) })),
    categories: paper.categories.map((code) => ({ code, label: categoryName(code) })),
    abstract: plainMath(paper.abstract),
    html: null,
    notes: [
      ...reasons,
      ...(paper.withdrawn ? ['Withdrawn'] : []),
      counted(votes, 'vote'),
      ...(letters === 0 ? [] : [counted(letters, 'letter')]),
      ...(paper.organisation === null ? [] : [paper.organisation.name]),
      ...(paper.authors.length === 0 && paper.byline !== null ? [paper.byline] : []),
      ...(paper.doi === null ? [] : [`doi:${paper.doi}`]),
    ],
    pdf: linkOf(paper, 'pdf'),
  };
};

/** An open letter on a paper as an entry; none for one whose words are not shown. */
export const letterItem = (
  { letter, rendered }: Pick<ShownLetter, 'letter' | 'rendered'>,
  paperTitle: string,
): readonly FeedItem[] => {
  if (rendered === null || letter.state !== 'open') return [];
  return [
    {
      id: urn(`letter ${letter.id}`),
      title: `${letter.author.name} on “${plainMath(paperTitle)}”`,
      page: href.letterPlace(letter),
      elsewhere: null,
      published: moment(letter.createdAt),
      updated: moment(letter.editedAt ?? letter.createdAt),
      authors: [{ name: letter.author.name, page: href.reader(letter.author.handle) }],
      categories: [],
      abstract: '',
      html: rendered.html,
      notes: [],
      pdf: null,
    },
  ];
};
