import type { PaperId } from './paper.ts';

/** Every address of the site, by name. Path parameters are encoded here and nowhere else. */

const segment = (text: string): string => encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%2C', ',');
const segments = (text: string): string => text.split('/').map(segment).join('/');

/** The id as it stands in a URL: arXiv ids bare (`2507.08772`, `math/0309136`), all others whole. */
export const idInUrl = (id: PaperId): string => segments(id.startsWith('arxiv:') ? id.slice(6) : id);

const ARXIV = /^(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})(?:v\d+)?$/;

/** The reverse of `idInUrl`, on decoded text. A version suffix of an arXiv id is dropped. */
export const idFromUrl = (text: string): PaperId => (ARXIV.test(text) ? `arxiv:${text.replace(/v\d+$/, '')}` : text);

export type SpanName = string;

export const href = {
  home: '/',
  day: (date: string) => `/papers/date/${date}`,
  week: (name: SpanName) => `/papers/week/${name}`,
  month: (name: SpanName) => `/papers/month/${name}`,
  /** Sent on to the week and the month of the latest edition. */
  latestWeek: '/papers/week',
  latestMonth: '/papers/month',
  trending: '/papers/trending',
  editions: '/editions',
  paper: (id: PaperId) => `/papers/${idInUrl(id)}`,
  paperMarkdown: (id: PaperId) => `/papers/${idInUrl(id)}.md`,
  paperBibtex: (id: PaperId) => `/papers/${idInUrl(id)}.bib`,
  paperVersions: (id: PaperId) => `/papers/${idInUrl(id)}/versions`,
  vote: (id: PaperId) => `/papers/${idInUrl(id)}/vote`,
  /** Puts a paper into the library, and takes it out. */
  save: (id: PaperId) => `/papers/${idInUrl(id)}/save`,
  /** What a reader keeps beside a paper. */
  shelf: (id: PaperId) => `/papers/${idInUrl(id)}/shelf`,
  library: (q = '', rest: Readonly<Record<string, string>> = {}) => {
    const params = new URLSearchParams(q === '' ? rest : { q, ...rest }).toString();
    return params === '' ? '/library' : `/library?${params}`;
  },
  libraryFolders: '/library/folders',
  libraryImport: '/library/import',
  libraryExport: (format: string, q = '') =>
    `/library/export?${new URLSearchParams(q === '' ? { format } : { format, q })}`,
  following: '/following',
  /** About feeds: where they are, keys to one’s own, lists from and for feed readers. */
  feeds: '/feeds',
  feedKeys: '/feeds/keys',
  feedImport: '/feeds/import',
  followingOpml: '/following.opml',
  followingSeen: '/following/seen',
  paperLetters: (id: PaperId) => `/papers/${idInUrl(id)}/letters`,
  /** Where a letter stands among the others of its paper. */
  /** The page that letters stand on: the paper's, or a group's of it. */
  letterPage: ({ paperId, groupId }: { readonly paperId: PaperId; readonly groupId: string | null }): string =>
    groupId === null ? `/papers/${idInUrl(paperId)}` : `/groups/${segment(groupId)}/papers/${idInUrl(paperId)}`,
  letterPlace: (letter: { readonly id: string; readonly paperId: PaperId; readonly groupId: string | null }): string =>
    `${href.letterPage(letter)}#letter-${segment(letter.id)}`,
  letterAt: (id: PaperId, letter: string) => `/papers/${idInUrl(id)}#letter-${segment(letter)}`,
  letter: (letter: string) => `/letters/${segment(letter)}`,
  letterHistory: (letter: string) => `/letters/${segment(letter)}/history`,
  letterReport: (letter: string) => `/letters/${segment(letter)}/report`,
  letterPreview: '/letters/preview',
  submit: '/submit',
  /** The same with a paper named in the form. */
  submitting: (id: PaperId) => `/submit?what=${encodeURIComponent(id)}`,
  submitDraft: (id: string) => `/submit/${segment(id)}`,
  /** What waits for moderators: submissions and claims. */
  submissions: '/submissions',
  paperSubmission: (id: PaperId) => `/papers/${idInUrl(id)}/submission`,
  moderation: '/moderation',
  /** `before`: a number of the log; those before it. */
  moderationLog: (before?: number) => (before === undefined ? '/moderation/log' : `/moderation/log?before=${before}`),
  /** `q`: accounts with that; a page of them at a time. */
  admin: (q = '', page = 1) => {
    const params = new URLSearchParams({ ...(q === '' ? {} : { q }), ...(page === 1 ? {} : { p: String(page) }) });
    return params.size === 0 ? '/admin' : `/admin?${params}`;
  },
  adminJson: '/admin.json',
  claim: (id: PaperId) => `/papers/${idInUrl(id)}/claim`,
  profileEdit: (handle: string) => `/readers/${segment(handle)}/edit`,
  reader: (handle: string) => `/readers/${segment(handle)}`,
  /** One of the lists on it, a page of fifty at a time. */
  readerList: (handle: string, list: string, page = 1) =>
    `/readers/${segment(handle)}?${new URLSearchParams(page === 1 ? { list } : { list, p: String(page) })}`,
  author: (key: string) => `/authors/${segment(key)}`,
  organisation: (key: string) => `/organisations/${segment(key)}`,
  category: (code: string) => `/categories/${segment(code)}`,
  search: (query = '', rest: Readonly<Record<string, string>> = {}) => {
    const params = new URLSearchParams(query === '' ? rest : { q: query, ...rest }).toString();
    return params === '' ? '/search' : `/search?${params}`;
  },
  /** The same search for programs and notes. */
  searchMarkdown: (query: string, sort = 'relevance') =>
    `/search.md?${new URLSearchParams(sort === 'relevance' ? { q: query } : { q: query, sort })}`,
  suggest: '/search/suggest',
  openSearch: '/opensearch.xml',
  webManifest: '/site.webmanifest',
  searches: '/searches',
  savedSearch: (id: string) => `/searches/${segment(id)}`,
  /** Browsers that are told what is new in saved searches, and the service worker that shows it there. */
  pushDevices: '/searches/devices',
  pushDevice: (id: string) => `/searches/devices/${segment(id)}`,
  pushWorker: '/push.js',
  similar: (ids: readonly PaperId[]) =>
    ids.length === 0 ? '/similar' : `/similar?${new URLSearchParams(ids.map((id) => ['to', id]))}`,
  paperPath: (id: PaperId) => `/papers/${idInUrl(id)}/path`,
  groups: '/groups',
  newGroup: '/groups/new',
  group: (handle: string) => `/groups/${segment(handle)}`,
  groupJoin: (token = '') => (token === '' ? '/groups/join' : `/groups/join?${new URLSearchParams({ t: token })}`),
  groupPart: (handle: string, part: 'members' | 'agenda' | 'proposals' | 'reports' | 'settings' | 'papers') =>
    `/groups/${segment(handle)}/${part}`,
  groupInvitations: (handle: string) => `/groups/${segment(handle)}/invitations`,
  groupCalendar: (handle: string, secret = '') =>
    `/groups/${segment(handle)}/agenda.ics${secret === '' ? '' : `?${new URLSearchParams({ key: secret })}`}`,
  groupCalendarSecret: (handle: string) => `/groups/${segment(handle)}/agenda/address`,
  groupMeeting: (handle: string, id: string) => `/groups/${segment(handle)}/agenda/${segment(id)}`,
  groupPaper: (handle: string, id: PaperId) => `/groups/${segment(handle)}/papers/${idInUrl(id)}`,
  groupVote: (handle: string, id: PaperId) => `/groups/${segment(handle)}/papers/${idInUrl(id)}/vote`,
  groupLetters: (handle: string, id: PaperId) => `/groups/${segment(handle)}/papers/${idInUrl(id)}/letters`,
  groupPin: (handle: string, id: PaperId) => `/groups/${segment(handle)}/papers/${idInUrl(id)}/pin`,
  proposalVote: (handle: string, id: PaperId) => `/groups/${segment(handle)}/proposals/${idInUrl(id)}/vote`,
  proposalDrop: (handle: string, id: PaperId) => `/groups/${segment(handle)}/proposals/${idInUrl(id)}/drop`,
  about: '/about',
  ledger: '/ledger',
  ledgerSource: (source: string) => `/ledger/${segment(source)}`,
  ledgerDay: (source: string, day: string) => `/ledger/${segment(source)}/${day}`,
  sources: '/sources',
  source: (source: string) => `/sources/${segment(source)}`,
  labs: '/labs',
  /** `wish`: a preset, or values of its parameters. */
  lab: (id: string, wish: Readonly<Record<string, string>> = {}) => {
    const params = new URLSearchParams(wish).toString();
    return `/labs/${segment(id)}${params === '' ? '' : `?${params}`}`;
  },
  labSource: (id: string) => `/labs/${segment(id)}/source`,
  labFrame: '/labs/frame',
  calculator: (id: string) => `/calculators/${segment(id)}`,
  settings: '/settings',
  /** `onward`: the path to come back to. */
  signIn: (onward = '/') => (onward === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ onward })}`),
  signInLink: (token = '') => (token === '' ? '/sign-in/link' : `/sign-in/link?${new URLSearchParams({ t: token })}`),
  signInPasskey: '/sign-in/passkey',
  signInPasskeyAsked: '/sign-in/passkey/asked',
  signInWith: (site: string) => `/sign-in/with/${segment(site)}`,
  signedInFrom: (site: string) => `/sign-in/from/${segment(site)}`,
  signOut: '/sign-out',
  setUp: (token = '') => (token === '' ? '/setup' : `/setup?${new URLSearchParams({ t: token })}`),
  /** Letters to the reader; thirty a page. */
  notifications: (page = 1) => (page === 1 ? '/notifications' : `/notifications?p=${page}`),
  account: '/account',
  accountData: '/account/data.json',
  newPasskey: '/account/passkeys',
  newPasskeyAsked: '/account/passkeys/asked',
  newToken: '/account/tokens',
  invitations: '/invitations',
  subscribe: '/subscribe',
  subscribeConfirm: (token = '') =>
    token === '' ? '/subscribe/confirm' : `/subscribe/confirm?${new URLSearchParams({ t: token })}`,
  /** The morning mail of who is signed in, and what it would bring now. */
  digest: '/digest',
  digestPreview: '/digest/preview',
  /** Copies of what was sent, for who is signed in. */
  digestSent: '/digest/sent',
  /** The page a mail’s signed token leads to. */
  mail: (token: string) => `/mail/${segment(token)}`,
  mailUnsubscribe: (token: string) => `/mail/${segment(token)}/unsubscribe`,
} as const;

/** Adds the plain wire view to a front-page address. */
export const wire = (path: string): string => `${path}?view=wire`;
