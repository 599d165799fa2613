import { parseOpml } from 'feedsmith';
import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { cleanText } from '../kernel/text.ts';
import { type Follow, reasonText } from '../model/follow.ts';
import { type Followable, followableOf, type ListedFeed, type OpmlLine, type OpmlReport } from '../model/opml.ts';
import { parseQuery } from '../model/query.ts';
import { href } from '../model/urls.ts';
import type { Store } from '../store/store.ts';
import { follow } from './follow.ts';
import { isOfReader } from './search-within.ts';

interface Deps {
  readonly store: Pick<Store, 'follows' | 'browse' | 'accounts' | 'savedSearches' | 'groups' | 'profiles'>;
  readonly clock: Clock;
}

/** Feeds that are taken from one list. */
const MOST_FEEDS = 500;
const DEEPEST = 20;
const URL_CAP = 2_000;

const followFeed = async ({ store }: Deps, { kind, key, name }: Follow): Promise<readonly ListedFeed[]> => {
  if (kind === 'search')
    return [{ title: `Search: ${name}`, page: href.search(key), private: isOfReader(parseQuery(key)) }];
  if (kind !== 'reader') return [{ title: name, page: href[kind](key), private: false }];
  const account = await store.accounts.get(key);
  if (account === null || account.leftAt !== null) return [];
  const { shown } = await store.profiles.get(key);
  const list = (['votes', 'submissions', 'letters'] as const).find((one) => shown.includes(one));
  return list === undefined
    ? []
    : [{ title: reasonText({ kind, name }), page: href.readerList(account.handle, list), private: false }];
};

/** Everything a reader follows, as feeds: all of it in one, then their groups and saved searches, then each by itself. */
export const feedsOf = async (deps: Deps, reader: string): Promise<readonly ListedFeed[]> => {
  const [follows, searches, groups] = await Promise.all([
    deps.store.follows.of(reader),
    deps.store.savedSearches.of(reader),
    deps.store.groups.of(reader),
  ]);
  return [
    { title: 'What I follow', page: href.following, private: true },
    ...groups.map(({ name, handle, visibility }) => ({
      title: name,
      page: href.group(handle),
      private: visibility !== 'public',
    })),
    ...searches.map(({ id, name }) => ({ title: name, page: href.savedSearch(id), private: true })),
    ...(await Promise.all(follows.map((one) => followFeed(deps, one)))).flat(),
  ];
};

interface Outline {
  readonly text?: string;
  readonly title?: string;
  readonly xmlUrl?: string;
  readonly outlines?: readonly Outline[];
}

const feedsIn = (outlines: readonly Outline[], depth = 0): readonly { title: string; url: string }[] =>
  depth > DEEPEST
    ? []
    : outlines.flatMap(({ text, title, xmlUrl, outlines: inner = [] }) => [
        ...(xmlUrl === undefined ? [] : [{ title: cleanText(title ?? text ?? xmlUrl).slice(0, 200), url: xmlUrl }]),
        ...feedsIn(inner, depth + 1),
      ]);

const outcomeOf = async (
  deps: Deps,
  reader: string,
  wishes: readonly Followable[],
): Promise<Pick<OpmlLine, 'outcome' | 'says'>> => {
  if (wishes.length === 0)
    return {
      outcome: 'outside',
      says: 'A feed of another site: nothing here matches it. Whoever runs this Broadsheet can add it as a source.',
    };
  const before = await deps.store.follows.of(reader);
  const said: string[] = [];
  const refused: string[] = [];
  for (const { kind, key } of wishes) {
    const whom = kind === 'reader' ? await deps.store.accounts.byHandle(key) : null;
    const wish = { kind, key: whom?.id ?? key, reader, name: whom?.name ?? '' };
    const done = await follow(deps, wish);
    if (!done.ok) refused.push(done.message);
    else if (before.every((one) => one.kind !== done.value.kind || one.key !== done.value.key))
      said.push(done.value.name);
  }
  if (said.length > 0) return { outcome: 'followed', says: `Followed: ${said.join(', ')}.` };
  return refused.length > 0
    ? { outcome: 'refused', says: refused.join(' ') }
    : { outcome: 'known', says: 'You follow it already.' };
};

/** Follows what a list of another feed reader (OPML 1 or 2) has in common with what is here; the same list twice changes nothing. */
export const importOpml = async (
  deps: Deps,
  { reader, text, origin }: { readonly reader: string; readonly text: string; readonly origin: string },
): Promise<Result<OpmlReport, 'bad-input'>> => {
  if (/<!ENTITY/i.test(text)) return fail('bad-input', 'The list declares entities of its own, which is not read.');
  let outlines: readonly Outline[];
  try {
    outlines = (parseOpml(text).body?.outlines ?? []) as readonly Outline[];
  } catch {
    return fail('bad-input', 'That is no OPML: feed readers call it “export subscriptions”.');
  }
  const found = feedsIn(outlines);
  if (found.length === 0) return fail('bad-input', 'There is no feed in this list.');
  const lines: OpmlLine[] = [];
  for (const { title, url } of found.slice(0, MOST_FEEDS)) {
    const wishes = url.length > URL_CAP ? [] : followableOf(url, origin);
    lines.push({ title, url: url.slice(0, URL_CAP), ...(await outcomeOf(deps, reader, wishes)) });
  }
  return ok({ lines, left: Math.max(0, found.length - MOST_FEEDS) });
};
