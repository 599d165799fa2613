import type { Link } from './paper.ts';

/** What ends an address in running text. */
const REST = '[^\\s<>"\'`{}|\\\\^$]';
/** Whole addresses; and, without their scheme, those at hosts of code and models, where nothing else is written so. */
const ADDRESS = new RegExp(
  `https?:\\/\\/${REST}+|(?<![\\w@./-])(?:(?:www\\.)?(?:github\\.com|gitlab\\.com|bitbucket\\.org|codeberg\\.org|huggingface\\.co|hf\\.co)\\/${REST}+|[\\w-]{1,60}\\.git(?:hub|lab)\\.io(?![\\w-]|\\.[a-z0-9])(?:\\/${REST}*)?)`,
  'gi',
);
const CODE_HOSTS: ReadonlySet<string> = new Set([
  'github.com',
  'gist.github.com',
  'gitlab.com',
  'bitbucket.org',
  'codeberg.org',
]);
/** Without any of these there is no address in a text: most texts have none, and all papers come by here. */
const TRACES: readonly string[] = ['://', '.com/', '.org/', '.co/', '.io'];
/** First parts of paths at Hugging Face that belong to nobody. */
const NO_OWNERS: ReadonlySet<string> = new Set(
  'papers blog docs collections learn posts models tasks join pricing search settings chat organizations'.split(' '),
);

const count = (text: string, mark: string): number => text.split(mark).length - 1;

/** Without the punctuation that follows it; a closing bracket stays where it was opened inside. */
const withoutTail = (address: string): string => {
  let url = address.replace(/[,;]https?:\/\/.*$/i, '');
  for (let last = url.at(-1); last !== undefined; last = url.at(-1)) {
    const [open, close] = last === ']' ? ['[', ']'] : ['(', ')'];
    const closes = last === close ? count(url, open) < count(url, close) : '.,;:!?*_~’”»'.includes(last);
    if (!closes) break;
    url = url.slice(0, -1);
  }
  return url;
};

const partsOf = (url: URL): readonly string[] => url.pathname.split('/').filter((part) => part !== '');

/** What two spellings of one address have in common. */
const sameness = (url: URL): string =>
  `${url.host.toLowerCase().replace(/^www\./, '')}${url.pathname.replace(/(?:\.git)?\/*$/, '')}${url.search}${url.hash}`;

/**
 * The web addresses in a text, as whole addresses, each once, at most `most`: also those of code hosts and Hugging Face
 * written without a scheme (`github.com/a/b`). Time in proportion to the text.
 */
export const addressesIn = (text: string, most: number): readonly string[] => {
  const found = new Map<string, string>();
  if (!TRACES.some((trace) => text.includes(trace))) return [];
  for (const [match] of text.matchAll(ADDRESS)) {
    // Longer ones lead nowhere, and each is looked at more than once.
    if (match.length > 600) continue;
    const bare = withoutTail(match);
    const whole = /^https?:/i.test(bare) ? bare : `https://${bare}`;
    const url = URL.parse(whole);
    if (url === null) continue;
    const key = sameness(url);
    if (!found.has(key)) found.set(key, whole);
    if (found.size === most) break;
  }
  return [...found.values()];
};

/** An address that a paper gives, told apart by where it leads: a repository, a model, a data set, a space, or a page. */
export const linkAt = (address: string): Link => {
  const url = new URL(address);
  const host = url.host.replace(/^www\./, '');
  const parts = partsOf(url);
  const [first = '', second] = parts;
  if (CODE_HOSTS.has(host) && parts.length >= 2) return { rel: 'code', label: `Code at ${host}`, url: address };
  if (host === 'huggingface.co' || host === 'hf.co') {
    const at = 'at huggingface.co';
    if (first === 'datasets' && second !== undefined) return { rel: 'other', label: `Data set ${at}`, url: address };
    if (first === 'spaces' && second !== undefined) return { rel: 'other', label: `Space ${at}`, url: address };
    if (second !== undefined && !NO_OWNERS.has(first)) return { rel: 'other', label: `Model ${at}`, url: address };
  }
  return { rel: 'project', label: host, url: address };
};
