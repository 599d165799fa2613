import type { Context } from 'hono';
import { monthOf, weekOf } from '../kernel/day.ts';
import type { Scope } from '../model/account.ts';
import type { Role } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { MOST_REPORT_BYTES } from '../services/bounce-report.ts';
import { dailyPapers, listApi, paperApi, reposApi, searchApi } from './api-hf.ts';
import { commentApi } from './api-letters.ts';
import type { Edge, Env } from './edge.ts';
import { healthz, readyz } from './health.ts';
import { metricsPage } from './metrics.ts';
import { aboutPage } from './page-about.ts';
import { accountDataPage, accountPage, changeAccountPage, invitationsPage, newTokenPage } from './page-account.ts';
import { adminPage } from './page-admin.ts';
import { assetPage } from './page-assets.ts';
import { bouncesPage } from './page-bounces.ts';
import { calculatorPage } from './page-calculator.ts';
import { claimPage } from './page-claim.ts';
import { changeDigestPage, digestPage, digestPreviewPage, digestSentPage } from './page-digest.ts';
import { feedPage } from './page-feed.ts';
import { feedImportPage, feedKeyPage, feedsPage, MOST_OPML_BYTES } from './page-feeds.ts';
import { followingPage, followPage, seenPage } from './page-following.ts';
import { dayPage, editionsPage, latestPage, latestSpan, spanPage, trendingPage } from './page-front.ts';
import {
  groupPage,
  groupPinPage,
  groupSettingsPage,
  groupsPage,
  groupVotePage,
  newGroupPage,
  openGroupPage,
  saveGroupPage,
  takeUpPage,
} from './page-group.ts';
import {
  acceptPage,
  changeMembersPage,
  groupInvitationsPage,
  groupMembersPage,
  joinPage,
} from './page-group-members.ts';
import { groupLettersPage, groupPaperPage } from './page-group-paper.ts';
import { groupReportsPage, tendGroupPage } from './page-group-reports.ts';
import {
  agendaAddressPage,
  agendaPage,
  calendarPage,
  callMeetingPage,
  changeMeetingPage,
  dropProposalPage,
  meetingPage,
  proposalsPage,
  proposalVotePage,
  proposePage,
} from './page-journal-club.ts';
import { labFramePage, labPage, labSourcePage, labsPage } from './page-lab.ts';
import { ledgerDayPage, ledgerPage, ledgerSourcePage } from './page-ledger.ts';
import {
  changeLetterPage,
  letterHistoryPage,
  letterPage,
  paperLettersPage,
  previewLetterPage,
  reportFormPage,
  reportLetterPage,
  writeLetterPage,
} from './page-letters.ts';
import {
  changeLibraryPage,
  exportPage,
  foldersPage,
  importPage,
  libraryPage,
  MOST_IMPORT_BYTES,
  savePage,
  shelfPage,
} from './page-library.ts';
import { authorPage, categoryPage, organisationPage } from './page-listing.ts';
import { robots, sitemap, sitemapIndex } from './page-machine.ts';
import {
  actPage,
  changeMailPage,
  doActPage,
  doUnsubscribePage,
  mailCopyPage,
  mailPage,
  unsubscribePage,
} from './page-mail.ts';
import { moderatePage, moderationLogPage, moderationPage } from './page-moderation.ts';
import { notificationsPage, readNotificationsPage } from './page-notifications.ts';
import { paperPage, versionsPage } from './page-paper.ts';
import { newPasskeyAskedPage, newPasskeyPage, passkeyAskedPage, passkeyPage } from './page-passkey.ts';
import { profileEditPage, profilePage, saveProfilePage } from './page-profile.ts';
import { addDevicePage, changeDevicePage, pushWorkerPage } from './page-push.ts';
import { changeSearchPage, savedSearchesPage, saveSearchPage } from './page-saved-search.ts';
import { searchPage } from './page-search.ts';
import { saveSettings, settingsPage } from './page-settings.ts';
import { setUpPage, setupPage } from './page-setup.ts';
import { askLinkPage, linkPage, signInPage, signOutPage, spendLinkPage } from './page-sign-in.ts';
import { readingPathPage, similarPage } from './page-similar.ts';
import { backPage, leavePage } from './page-site-sign-in.ts';
import { pausePage, sourcesPage } from './page-sources.ts';
import {
  confirmPage,
  lookPage,
  MOST_SUBMIT_BYTES,
  paperSubmissionPage,
  submissionsPage,
  submitApi,
  submitDraftPage,
  submitPage,
} from './page-submit.ts';
import {
  askSubscribePage,
  confirmSubscriptionPage,
  doConfirmSubscriptionPage,
  subscribePage,
} from './page-subscribe.ts';
import { openSearchPage, suggestions } from './page-suggest.ts';
import { votePage } from './page-vote.ts';
import { webManifestPage } from './page-webmanifest.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The least that one must be to use it: see `guard-role`. */
  readonly who: Role;
  /** The scope of a token that opens it, where it is not that of its method and role; null for none. */
  readonly token?: Scope | null;
  /** Nothing of a reader is in it but what a key in its address opens, so who asks is not looked up. */
  readonly bare?: true;
  /**
   * Mail programs and mail servers post here, which have neither a page of ours nor a cookie: what is in the address or a
   * secret is the permission, and who asks is not looked up.
   */
  readonly elsewhere?: true;
  /** What its network is counted for beside the changes that all routes count: see `guard-rate`. */
  readonly rate?: 'letters' | 'submissions';
  /** Longest body that is taken in; 64 KiB where none is named. */
  readonly mostBytes?: number;
  readonly handle: (edge: Edge) => (c: Context<Env>) => Response | Promise<Response>;
}

const get = (path: string, handle: Route['handle']): Route => ({ method: 'GET', path, who: 'anyone', handle });
/** What has to do with signing in: no token opens it. */
const own = (method: Route['method'], path: string, who: Role, handle: Route['handle']): Route => ({
  method,
  path,
  who,
  token: null,
  handle,
});
const bare = (path: string, handle: Route['handle']): Route => ({ ...get(path, handle), bare: true });

/** Every address there is, the special before the general. */
export const ROUTES: readonly Route[] = [
  bare('/:feed{.+\\.(?:atom|rss|feed\\.json|opml)}', feedPage),
  get(href.feeds, feedsPage),
  own('POST', href.feedKeys, 'reader', feedKeyPage),
  { method: 'POST', path: href.feedImport, who: 'reader', mostBytes: MOST_OPML_BYTES, handle: feedImportPage },
  get('/', latestPage),
  get('/papers', latestPage),
  get('/papers/trending', trendingPage),
  get('/papers/date/:date', dayPage),
  get(href.latestWeek, (edge) => latestSpan(edge, (day) => href.week(weekOf(day).name))),
  get(href.latestMonth, (edge) => latestSpan(edge, (day) => href.month(monthOf(day).name))),
  get('/papers/week/:name', (edge) => spanPage(edge, 'week')),
  get('/papers/month/:name', (edge) => spanPage(edge, 'month')),
  { method: 'POST', path: '/papers/:id{.+/vote}', who: 'reader', token: 'vote', handle: votePage },
  { method: 'POST', path: '/papers/:id{.+/save}', who: 'reader', handle: savePage },
  { method: 'POST', path: '/papers/:id{.+/shelf}', who: 'reader', handle: shelfPage },
  { method: 'POST', path: '/papers/:id{.+/letters}', who: 'reader', rate: 'letters', handle: writeLetterPage },
  get('/papers/:id{.+/letters}', paperLettersPage),
  { method: 'POST', path: '/papers/:id{.+/submission}', who: 'reader', handle: paperSubmissionPage },
  { method: 'POST', path: '/papers/:id{.+/claim}', who: 'reader', handle: claimPage },
  { method: 'GET', path: href.submit, who: 'reader', handle: submitPage },
  {
    method: 'POST',
    path: href.submit,
    who: 'reader',
    rate: 'submissions',
    mostBytes: MOST_SUBMIT_BYTES,
    handle: lookPage,
  },
  { method: 'GET', path: '/submit/:id', who: 'reader', handle: submitDraftPage },
  { method: 'POST', path: '/submit/:id', who: 'reader', handle: confirmPage },
  own('GET', href.submissions, 'moderator', submissionsPage),
  own('GET', href.moderation, 'moderator', moderationPage),
  own('POST', href.moderation, 'moderator', moderatePage),
  get('/moderation/log', moderationLogPage),
  own('GET', href.admin(), 'operator', adminPage),
  own('GET', href.adminJson, 'operator', adminPage),
  { method: 'POST', path: href.letterPreview, who: 'reader', handle: previewLetterPage },
  get('/letters/:id', letterPage),
  { method: 'POST', path: '/letters/:id', who: 'reader', rate: 'letters', handle: changeLetterPage },
  get('/letters/:id/history', letterHistoryPage),
  { method: 'GET', path: '/letters/:id/report', who: 'reader', handle: reportFormPage },
  { method: 'POST', path: '/letters/:id/report', who: 'reader', handle: reportLetterPage },
  get('/papers/:id{.+/versions}', versionsPage),
  get('/papers/:id{.+/path}', readingPathPage),
  get('/papers/:id{.+}', paperPage),
  get('/editions', editionsPage),
  get('/search', searchPage),
  get('/search.md', searchPage),
  get('/search.json', searchPage),
  get('/search/suggest', suggestions),
  bare(href.openSearch, openSearchPage),
  bare(href.webManifest, webManifestPage),
  get('/similar', similarPage),
  get('/similar.json', similarPage),
  { method: 'GET', path: '/searches', who: 'reader', handle: savedSearchesPage },
  { method: 'GET', path: '/searches.json', who: 'reader', handle: savedSearchesPage },
  { method: 'POST', path: '/searches', who: 'reader', handle: saveSearchPage },
  own('POST', href.pushDevices, 'reader', addDevicePage),
  own('POST', '/searches/devices/:id', 'reader', changeDevicePage),
  bare(href.pushWorker, pushWorkerPage),
  { method: 'POST', path: '/searches/:id', who: 'reader', handle: changeSearchPage },
  { method: 'GET', path: '/library', who: 'reader', handle: libraryPage },
  { method: 'GET', path: '/library.json', who: 'reader', handle: libraryPage },
  { method: 'POST', path: '/library', who: 'reader', handle: changeLibraryPage },
  { method: 'POST', path: href.libraryFolders, who: 'reader', handle: foldersPage },
  {
    method: 'POST',
    path: href.libraryImport,
    who: 'reader',
    rate: 'submissions',
    mostBytes: MOST_IMPORT_BYTES,
    handle: importPage,
  },
  { method: 'GET', path: '/library/export', who: 'reader', handle: exportPage },
  { method: 'GET', path: '/notifications', who: 'reader', handle: notificationsPage },
  { method: 'GET', path: '/notifications.json', who: 'reader', handle: notificationsPage },
  { method: 'POST', path: '/notifications', who: 'reader', handle: readNotificationsPage },
  { method: 'GET', path: '/following', who: 'reader', handle: followingPage },
  { method: 'GET', path: '/following.json', who: 'reader', handle: followingPage },
  { method: 'POST', path: href.following, who: 'reader', handle: followPage },
  { method: 'POST', path: href.followingSeen, who: 'reader', handle: seenPage },
  get('/authors/:key', authorPage),
  get('/organisations/:key', organisationPage),
  get('/categories/:key', categoryPage),
  get('/ledger', ledgerPage),
  get('/ledger.json', ledgerPage),
  get('/ledger/:source', ledgerSourcePage),
  get('/ledger/:source/:day', ledgerDayPage),
  get('/sources', sourcesPage),
  get('/sources.json', sourcesPage),
  { method: 'POST', path: '/sources/:source', who: 'operator', handle: pausePage },
  get('/groups', groupsPage),
  get('/groups.json', groupsPage),
  { method: 'POST', path: '/groups', who: 'reader', handle: openGroupPage },
  { method: 'GET', path: '/groups/new', who: 'reader', handle: newGroupPage },
  { method: 'GET', path: '/groups/join', who: 'reader', token: null, handle: joinPage },
  { method: 'POST', path: '/groups/join', who: 'reader', token: null, handle: acceptPage },
  get('/groups/:handle', groupPage),
  { method: 'GET', path: '/groups/:handle/settings', who: 'reader', handle: groupSettingsPage },
  { method: 'POST', path: '/groups/:handle/settings', who: 'reader', handle: saveGroupPage },
  { method: 'GET', path: '/groups/:handle/reports', who: 'reader', handle: groupReportsPage },
  { method: 'POST', path: '/groups/:handle/reports', who: 'reader', handle: tendGroupPage },
  { method: 'GET', path: '/groups/:handle/members', who: 'reader', handle: groupMembersPage },
  { method: 'POST', path: '/groups/:handle/members', who: 'reader', handle: changeMembersPage },
  { method: 'POST', path: '/groups/:handle/invitations', who: 'reader', token: null, handle: groupInvitationsPage },
  get('/groups/:handle/papers', takeUpPage),
  { method: 'POST', path: '/groups/:handle/papers/:id{.+/vote}', who: 'reader', handle: groupVotePage },
  { method: 'POST', path: '/groups/:handle/papers/:id{.+/pin}', who: 'reader', handle: groupPinPage },
  {
    method: 'POST',
    path: '/groups/:handle/papers/:id{.+/letters}',
    who: 'reader',
    rate: 'letters',
    handle: groupLettersPage,
  },
  get('/groups/:handle/papers/:id{.+}', groupPaperPage),
  get('/groups/:handle/proposals', proposalsPage),
  { method: 'POST', path: '/groups/:handle/proposals', who: 'reader', handle: proposePage },
  { method: 'POST', path: '/groups/:handle/proposals/:id{.+/vote}', who: 'reader', handle: proposalVotePage },
  { method: 'POST', path: '/groups/:handle/proposals/:id{.+/drop}', who: 'reader', handle: dropProposalPage },
  get('/groups/:handle/agenda', agendaPage),
  get('/groups/:handle/agenda.ics', calendarPage),
  { method: 'POST', path: '/groups/:handle/agenda', who: 'reader', handle: callMeetingPage },
  { method: 'POST', path: '/groups/:handle/agenda/address', who: 'reader', token: null, handle: agendaAddressPage },
  get('/groups/:handle/agenda/:id', meetingPage),
  { method: 'POST', path: '/groups/:handle/agenda/:id', who: 'reader', handle: changeMeetingPage },
  get(href.labs, labsPage),
  bare(href.labFrame, labFramePage),
  get('/labs/:id', labPage),
  get('/labs/:id/source', labSourcePage),
  get('/calculators/:id', calculatorPage),
  get('/about', aboutPage),
  get('/settings', settingsPage),
  { method: 'POST', path: '/settings', who: 'anyone', token: null, handle: saveSettings },
  get('/readers/:handle', profilePage),
  { method: 'GET', path: '/readers/:handle/edit', who: 'reader', handle: profileEditPage },
  { method: 'POST', path: '/readers/:handle/edit', who: 'reader', handle: saveProfilePage },
  own('GET', '/sign-in', 'anyone', signInPage),
  own('POST', '/sign-in', 'anyone', askLinkPage),
  own('GET', '/sign-in/link', 'anyone', linkPage),
  own('POST', '/sign-in/link', 'anyone', spendLinkPage),
  own('POST', '/sign-in/passkey', 'anyone', passkeyPage),
  own('POST', '/sign-in/passkey/asked', 'anyone', passkeyAskedPage),
  own('POST', '/sign-in/with/:site', 'anyone', leavePage),
  own('GET', '/sign-in/from/:site', 'anyone', backPage),
  own('POST', '/sign-out', 'anyone', signOutPage),
  own('GET', '/setup', 'anyone', setupPage),
  own('POST', '/setup', 'anyone', setUpPage),
  own('GET', '/account', 'reader', accountPage),
  own('POST', '/account', 'reader', changeAccountPage),
  own('GET', '/account/data.json', 'reader', accountDataPage),
  own('POST', '/account/passkeys', 'reader', newPasskeyPage),
  own('POST', '/account/passkeys/asked', 'reader', newPasskeyAskedPage),
  own('POST', '/account/tokens', 'reader', newTokenPage),
  own('POST', '/invitations', 'moderator', invitationsPage),
  get(href.subscribe, subscribePage),
  own('POST', href.subscribe, 'anyone', askSubscribePage),
  own('GET', '/subscribe/confirm', 'anyone', confirmSubscriptionPage),
  own('POST', '/subscribe/confirm', 'anyone', doConfirmSubscriptionPage),
  own('GET', href.digest, 'reader', digestPage),
  own('POST', href.digest, 'reader', changeDigestPage),
  own('GET', href.digestPreview, 'reader', digestPreviewPage),
  own('GET', '/digest/sent/:id', 'reader', digestSentPage),
  { ...own('POST', '/mail/bounces', 'anyone', bouncesPage), elsewhere: true, mostBytes: MOST_REPORT_BYTES },
  own('GET', '/mail/:token', 'anyone', mailPage),
  own('POST', '/mail/:token', 'anyone', changeMailPage),
  own('GET', '/mail/:token/unsubscribe', 'anyone', unsubscribePage),
  { ...own('POST', '/mail/:token/unsubscribe', 'anyone', doUnsubscribePage), elsewhere: true },
  own('GET', '/mail/:token/digests/:id', 'anyone', mailCopyPage),
  own('GET', '/mail/:token/digests/:id/vote', 'anyone', (edge) => actPage(edge, 'vote')),
  own('POST', '/mail/:token/digests/:id/vote', 'anyone', (edge) => doActPage(edge, 'vote')),
  own('GET', '/mail/:token/digests/:id/save', 'anyone', (edge) => actPage(edge, 'save')),
  own('POST', '/mail/:token/digests/:id/save', 'anyone', (edge) => doActPage(edge, 'save')),
  get('/api/daily_papers', dailyPapers),
  get('/api/papers', listApi),
  get('/api/papers/search', searchApi),
  { method: 'POST', path: '/api/papers/submit', who: 'reader', rate: 'submissions', handle: submitApi },
  {
    method: 'POST',
    path: '/api/papers/:id{.+/comment(?:/[0-9a-f]+/reply)?}',
    who: 'reader',
    rate: 'letters',
    handle: commentApi,
  },
  get('/api/papers/:id{.+}', paperApi),
  get('/api/arxiv/:id{.+/repos}', reposApi),
  bare('/healthz', () => healthz),
  bare('/readyz', readyz),
  bare('/metrics', (edge) => metricsPage(edge.metrics)),
  bare('/robots.txt', robots),
  bare('/sitemap.xml', sitemapIndex),
  bare('/sitemap/:name', sitemap),
  bare('/favicon.ico', assetPage),
  bare('/assets/:name', assetPage),
];
