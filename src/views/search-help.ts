import { type Html, html } from '../kernel/html.ts';
import { href } from '../model/urls.ts';

const EXAMPLES = [
  'video diffusion',
  '"world model"',
  'robots learning from demonstrations',
  'LiDAR generation from one camera',
  'year:2025 agents',
];

/** Searches that show what one can ask. */
export const examples: Html = html`<ul class="plain">${EXAMPLES.map((example) => html`<li><a href="${href.search(example)}">${example}</a></li>`)}</ul>`;

const GRAMMAR: readonly (readonly [asked: string, says: string])[] = [
  ['agents that plan', 'words, and what they mean'],
  ['"world model"', 'these words, together'],
  ['video -diffusion', 'without this word, or -"these words"'],
  ['author:"yann lecun"', 'by this person'],
  ['org:nvidia', 'from this organisation'],
  ['cat:cs.LG', 'in this category; cat:math is all of it'],
  ['robots -cat:cs.RO', 'and what any filter finds, left out'],
  ['year:2025', 'of this year'],
  ['after:2025-01 before:2025-06', 'between days, months or years'],
  ['has:code', 'with code'],
  ['has:lab', 'that can be run here'],
  ['in:library', 'in your library; -in:library is all that is not'],
];

const rows = GRAMMAR.map(
  ([asked, says]) =>
    html`<div><dt><a href="${href.search(asked)}"><code>${asked}</code></a></dt><dd>${says}</dd></div>`,
);

const also = html`<p class="small">An arXiv number, a DOI or the address of a paper goes straight to it. Slips of the pen are forgiven.</p>`;

/** What one can write, each with an example that is a search. */
export const grammar: Html = html`<section class="block"><h2 class="section">How to ask</h2><dl class="grammar ask">${rows}</dl>${also}</section>`;

/** The same, folded away beside what was found. */
export const foldedGrammar: Html = html`<details class="block fold"><summary>How to ask</summary><dl class="grammar ask">${rows}</dl>${also}</details>`;
