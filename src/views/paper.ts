import { type Html, html, nothing, raw, safeUrl } from '../kernel/html.ts';
import type { Lab } from '../labs/contract.ts';
import type { NotHere } from '../labs/not-here.ts';
import type { PaperCommunity } from '../model/community.ts';
import type { PaperInGroup } from '../model/group-page.ts';
import type { StoredRun } from '../model/lab-page.ts';
import type { LetterForm, LettersPage } from '../model/letter-page.ts';
import type { LibraryEntry } from '../model/library.ts';
import type { SetPart } from '../model/math.ts';
import type { PaperPage } from '../model/pages.ts';
import type { Author, Paper } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import { claimsOn } from './claim.ts';
import { fullDate, longDate, shortDate, time } from './dates.ts';
import { deedsFor, moderating } from './deed.ts';
import type { Frame } from './frame.ts';
import { inGroupsBlock } from './group.ts';
import { labBlock, notHereBlock } from './lab.ts';
import { layout } from './layout.ts';
import { lettersSection } from './letters.ts';
import { citationMeta, scholarlyArticle } from './paper-head.ts';
import { signalText, whyText } from './reasons.ts';
import { saveButton, shelfBlock } from './shelf.ts';
import { bylineText, kicker, plain, standfirst, story, voteButton } from './story.ts';
import { submissionsOn } from './submission.ts';

/** A paper's page with its mathematics set: `renderMath` of the title and of the abstract. */
export type SetPaperPage = PaperPage & {
  /** What the reader keeps beside it; null or left out where it is not in their library. */
  readonly shelf?: LibraryEntry | null;
  /** What the reader's groups have of it; none for everybody else. */
  readonly inGroups?: readonly PaperInGroup[];
  readonly math: { readonly title: readonly SetPart[]; readonly abstract: readonly SetPart[] };
  readonly letters: LettersPage;
  readonly community: PaperCommunity;
  /** Null or left out where the paper has none. */
  readonly lab?: { readonly lab: Lab; readonly stored: StoredRun | null } | null;
  /** Why it has none; null or left out where nobody has said. */
  readonly notHere?: NotHere | null;
  /** Null where nobody is signed in. */
  readonly letterForm: LetterForm | null;
};

/** Text is escaped; MathML comes clean from `renderMath`. */
export const setParts = (parts: readonly SetPart[]): Html =>
  html`${parts.map((part) => (part.kind === 'math' && part.mathml !== null ? raw(part.mathml) : part.text))}`;

/** One who is known to read here leads to their page, all others to their papers. */
const authorLink = ({ key, name }: Author, here: PaperCommunity['claims']['authors']): Html => {
  const person = here.get(key);
  return html`<a href="${person === undefined ? href.author(key) : href.reader(person.handle)}">${name}</a>`;
};

const byline = (paper: Paper, here: PaperCommunity['claims']['authors']): Html => {
  if (paper.authors.length === 0) {
    const said = bylineText(paper);
    return said === null
      ? nothing
      : html`<p class="byline">${said}${paper.organisation ? nothing : ', not named by the source'}</p>`;
  }
  return html`<ul class="byline names">${paper.authors.map((author) => html`<li>${authorLink(author, here)}</li>`)}</ul>`;
};

const dates = ({ card, card: { paper } }: PaperPage, frame: Frame): Html =>
  html`<p class="meta">${voteButton(card, frame)}${saveButton(card, frame)}${paper.published === null ? nothing : html`<span>Published ${time(paper.published, longDate(paper.published))}</span>`}${
    paper.updated === null || paper.updated === paper.published
      ? nothing
      : html`<span>revised ${time(paper.updated, longDate(paper.updated))}</span>`
  }${paper.categories.map((code) => html`<a href="${href.category(code)}">${code}</a>`)}</p>`;

const links = (paper: Paper): Html =>
  paper.links.length === 0
    ? html`<p class="small">The source gave no address for this paper. <a rel="noreferrer" href="${safeUrl(`https://arxiv.org/search/?searchtype=title&query=${encodeURIComponent(plain(paper.title))}`)}">Look for it at arXiv</a></p>`
    : html`<ul class="links">${paper.links.map((link) => html`<li><a rel="noreferrer" href="${safeUrl(link.url)}">${link.label}</a></li>`)}</ul>`;

const cite = (
  page: PaperPage,
): Html => html`<section class="block" id="cite" aria-labelledby="h-cite"><h2 class="section" id="h-cite">Cite</h2>
<pre class="bibtex" id="bibtex" tabindex="0" aria-label="BibTeX">${page.bibtex}</pre>
<p class="actions"><a href="${href.paperBibtex(page.card.paper.id)}">BibTeX file</a><a href="${href.paperMarkdown(page.card.paper.id)}">Markdown</a><button type="button" class="button" data-copy="bibtex" hidden>Copy BibTeX</button></p></section>`;

const share = (paper: Paper, frame: Frame): Html => {
  const url = encodeURIComponent(frame.origin + href.paper(paper.id));
  const title = encodeURIComponent(plain(paper.title));
  const to: readonly (readonly [string, string])[] = [
    ['Mail', `mailto:?subject=${title}&body=${url}`],
    ['Mastodon', `https://mastodonshare.com/?text=${title}&url=${url}`],
    ['Bluesky', `https://bsky.app/intent/compose?text=${title}%20${url}`],
    ['X', `https://x.com/intent/post?text=${title}&url=${url}`],
  ];
  return html`<section class="block" aria-labelledby="h-share"><h2 class="section" id="h-share">Pass it on</h2>
<p class="actions">${to.map(([label, address]) => html`<a rel="noreferrer nofollow" href="${safeUrl(address)}">${label}</a>`)}<button type="button" class="button" data-copy="link" hidden>Copy link</button></p></section>`;
};

const versions = ({ card: { paper }, reworded }: PaperPage): Html => {
  if (paper.versions.length < 2 && reworded.length === 0) return nothing;
  const changed = (n: number): Html =>
    html`${reworded.filter((one) => one.n === n).map(({ anchor }, at) => html`${at === 0 ? ': ' : ', '}<a href="${href.paperVersions(paper.id)}#${anchor}">${at === 0 ? 'what changed' : 'and again'}</a>`)}`;
  const listed = paper.versions.length > 0 ? paper.versions : [{ n: 1, date: paper.published }];
  return html`<section class="block" aria-labelledby="h-versions"><h2 class="section" id="h-versions">Versions</h2><ol class="plain">${listed.map(
    ({ n, date }) => html`<li>Version ${n}${date === null ? nothing : html`, ${time(date)}`}${changed(n)}</li>`,
  )}</ol></section>`;
};

/** Counts of other places, a line each place: they are theirs, and never added to our votes. */
const elsewhere = ({ signals }: PaperPage, frame: Frame): Html => {
  const shown = signals.filter(({ value }) => value > 0);
  if (shown.length === 0) return nothing;
  const places = [...Map.groupBy(shown, ({ source }) => source)];
  return html`<section class="block" aria-labelledby="h-elsewhere"><h2 class="section" id="h-elsewhere">Counted elsewhere</h2><ul class="plain">${places.map(
    ([source, counts]) =>
      html`<li>${counts.map(({ name, value }) => signalText(name, value)).join(', ')} at ${frame.sources[source] ?? source}</li>`,
  )}</ul></section>`;
};

const placed = (
  page: PaperPage,
  frame: Frame,
): Html => html`<section class="block" aria-labelledby="h-placed"><h2 class="section" id="h-placed">Where it stood</h2>
<ul class="plain">${page.placed.map(
  (at) =>
    html`<li>Placed in <a href="${href.day(at.date)}">edition No. ${at.number}</a>, ${fullDate(at.date)}, place ${at.place}${at.why === null ? nothing : html`<br><span class="small">${whyText(at.why, at.date)}</span>`}</li>`,
)}${page.card.paper.sightings.map((seen) => html`<li>Came in by <a href="${href.search(`source:${seen.source}`)}">${frame.sources[seen.source] ?? seen.source}</a>, ${time(seen.seenAt.slice(0, 10), shortDate(seen.seenAt.slice(0, 10)))}</li>`)}</ul></section>`;

const similar = (page: PaperPage, frame: Frame): Html =>
  page.similar.length === 0 && page.similarNote === null
    ? nothing
    : html`<section class="wires" aria-labelledby="similar"><h2 class="section" id="similar">Similar papers</h2>
${page.similarNote === null ? nothing : html`<p class="note">${page.similarNote}</p>`}
<div class="columns">${page.similar.map((card) => story(card, frame, { level: 3, limit: 170 }))}</div>
<p class="actions"><a href="${href.similar([page.card.paper.id])}">More like this</a><a href="${href.paperPath(page.card.paper.id)}">Reading path: what came before, what followed</a></p></section>`;

const facts = (paper: Paper): Html => {
  const rows: readonly (readonly [string, string | Html | null])[] = [
    ['Identifier', paper.id],
    [
      'DOI',
      paper.doi === null
        ? null
        : html`<a rel="noreferrer" href="${safeUrl(`https://doi.org/${paper.doi}`)}">${paper.doi}</a>`,
    ],
    ['Published in', paper.journalRef],
    ['Note', paper.note],
    ['Licence', paper.license],
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => (value === null ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`))}</dl>`;
};

export const paperView = (page: SetPaperPage, frame: Frame): string => {
  const { card } = page;
  const { paper } = card;
  const day = page.placed[0]?.date;
  return layout(frame, {
    head: {
      title: plain(paper.title),
      description: standfirst(plain(paper.abstract), 200) || plain(paper.title),
      canonical: href.paper(paper.id),
      feed: href.paperLetters(paper.id),
      feedPart: 'Letters',
      type: 'article',
      meta: citationMeta(paper, frame),
      jsonLd: scholarlyArticle(paper, frame),
      alternates: [
        ['text/markdown', href.paperMarkdown(paper.id)],
        ['application/x-bibtex', href.paperBibtex(paper.id)],
      ],
    },
    section: null,
    ...(day === undefined ? {} : { day }),
    islands: ['vote', 'copy', ...(page.letterForm === null ? [] : ['letter', 'draft'])],
    main: html`<div class="sheet">
<article class="paper">
${kicker(paper)}<h1 class="headline">${setParts(page.math.title)}</h1>
${byline(paper, page.community.claims.authors)}
${dates(page, frame)}
${paper.withdrawn ? html`<p class="notice">This paper has been withdrawn, by its authors or by its source.</p>` : nothing}
<h2 class="hidden">Abstract</h2>
<p class="abstract">${page.math.abstract.length === 0 ? 'The source gave no abstract.' : setParts(page.math.abstract)}</p>
${paper.abstractCut ? html`<p class="small">The source cut the abstract off here.</p>` : nothing}
${submissionsOn(page.community.submissions, frame)}${moderating(frame, { kind: 'paper', target: paper.id, whose: 'this paper' }, deedsFor('open'))}
</article>
<aside class="rail" aria-label="About this paper">
<section class="block" aria-labelledby="h-read"><h2 class="section" id="h-read">Read it</h2>${links(paper)}${facts(paper)}</section>${page.lab ? labBlock(page.lab.lab, page.lab.stored) : nothing}${page.notHere ? notHereBlock(page.notHere) : nothing}${shelfBlock(page.shelf ?? null, card, frame)}${inGroupsBlock(page.inGroups ?? [], paper)}
${claimsOn(paper, page.community.claims, frame)}${placed(page, frame)}${versions(page)}${elsewhere(page, frame)}${cite(page)}${share(paper, frame)}
</aside>
</div>
${lettersSection(page, page.letters, page.letterForm, frame)}
${similar(page, frame)}`,
  });
};
