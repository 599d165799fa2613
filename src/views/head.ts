import { type Html, html, jsonForScript, nothing, raw, safeUrl } from '../kernel/html.ts';
import { FEED_FORMS, FEED_TYPES, feedOf } from '../model/feed.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';

/** What the `<head>` of one page says. */
export interface PageHead {
  /** Without the masthead; empty on the front page. */
  readonly title: string;
  readonly description: string;
  /** Path of the page's one true address; null where it has none (problems, settings). */
  readonly canonical: string | null;
  readonly type?: 'website' | 'article';
  /** Highwire `citation_*` and the like, in order; a name may repeat. */
  readonly meta?: readonly (readonly [name: string, content: string])[];
  /** Other forms of the same page: `[type, path]`. */
  readonly alternates?: readonly (readonly [type: string, path: string])[];
  /** Path of the page whose feed says what is new here: itself, as a rule. */
  readonly feed?: string;
  /** What of the page that feed is of; the whole where nothing is said. */
  readonly feedPart?: string;
  readonly jsonLd?: object;
  /** Where the page leads by itself at once: an address of another site. */
  readonly refresh?: string;
  readonly earlier?: string | null;
  readonly later?: string | null;
}

export const OG_IMAGE = '/assets/card.png';

const meta = ([name, content]: readonly [string, string]): Html => html`<meta name="${name}" content="${content}">\n`;
const property = (name: string, content: string): Html => html`<meta property="${name}" content="${content}">\n`;

const feedLinks = (page: string, title: string): readonly Html[] =>
  FEED_FORMS.map(
    (form) =>
      html`<link rel="alternate" type="${FEED_TYPES[form]}" href="${safeUrl(feedOf(page, form))}" title="${title}">\n`,
  );

export const headOf = (frame: Frame, page: PageHead): Html => {
  const title = page.title === '' ? frame.masthead : `${page.title} · ${frame.masthead}`;
  const scheme = frame.preferences.edition;
  const url = page.canonical === null ? null : frame.origin + page.canonical;
  return html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>${page.refresh === undefined ? nothing : html`\n<meta http-equiv="refresh" content="0; url=${safeUrl(page.refresh)}">`}
<meta name="description" content="${page.description}">
${url === null ? html`<meta name="robots" content="noindex">\n` : html`<link rel="canonical" href="${safeUrl(url)}">\n`}<link rel="stylesheet" href="${safeUrl(frame.assets.css)}">
${frame.assets.fonts.map((font) => html`<link rel="preload" href="${safeUrl(font)}" as="font" type="font/woff2" crossorigin>\n`)}<link rel="icon" href="/favicon.ico" sizes="32x32">
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/assets/touch-icon.png">
<link rel="manifest" href="${href.webManifest}">
<link rel="search" type="application/opensearchdescription+xml" href="${href.openSearch}" title="${frame.masthead}">
${scheme === 'late' ? nothing : html`<meta name="theme-color" content="#fbf9f4"${scheme === 'auto' ? raw(' media="(prefers-color-scheme: light)"') : nothing}>\n`}${
  scheme === 'day'
    ? nothing
    : html`<meta name="theme-color" content="#161513"${scheme === 'auto' ? raw(' media="(prefers-color-scheme: dark)"') : nothing}>\n`
}${page.earlier ? html`<link rel="prev" href="${safeUrl(page.earlier)}">\n` : nothing}${page.later ? html`<link rel="next" href="${safeUrl(page.later)}">\n` : nothing}${(
  page.alternates ?? []
).map(
  ([type, path]) => html`<link rel="alternate" type="${type}" href="${safeUrl(path)}">\n`,
)}${page.feed === undefined ? nothing : feedLinks(page.feed, page.feedPart === undefined ? title : `${page.feedPart}: ${title}`)}${property('og:site_name', frame.masthead)}${property('og:type', page.type ?? 'website')}${property('og:title', page.title || frame.masthead)}${property('og:description', page.description)}${
  url === null ? nothing : property('og:url', url)
}${property('og:image', frame.origin + OG_IMAGE)}${property('og:image:width', '1200')}${property('og:image:height', '630')}${property('og:image:alt', 'The nameplate of the paper over a front page of headlines.')}<meta name="twitter:card" content="summary_large_image">
${(page.meta ?? []).map(meta)}${page.jsonLd === undefined ? nothing : html`<script type="application/ld+json">${jsonForScript(page.jsonLd)}</script>`}`;
};
