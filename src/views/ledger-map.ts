import { addDays, type Day, daysBetween } from '../kernel/day.ts';
import { type Html, html, nothing } from '../kernel/html.ts';
import type { LedgerCell } from '../model/ledger.ts';
import { count, longDate, MONTHS, number, shortDate } from './dates.ts';

/** A calendar printed in halftone: a dot a day, its area the number announced; with rejections it is a ring with a cross. */

const STEP = 16;
const LEFT = 34;
const TOP = 20;
const LARGEST = 7;
const SMALLEST = 1.6;
const NONE = 0.9;
/** Weekdays that are named beside the rows, Monday first. */
const NAMED: Readonly<Record<number, string>> = { 0: 'Mon', 2: 'Wed', 4: 'Fri' };

/** `812 announced, 810 taken in, 2 rejected` */
export const counted = ({
  announced,
  ingested,
  rejected,
}: Pick<LedgerCell, 'announced' | 'ingested' | 'rejected'>): string =>
  announced === 0
    ? 'nothing announced'
    : `${number(announced)} announced, ${ingested === announced ? 'all' : number(ingested)} taken in${rejected === 0 ? '' : `, ${number(rejected)} rejected`}`;

const round = (n: number): string => n.toFixed(1).replace(/\.0$/, '');

const cross = (x: number, y: number, r: number): string => {
  const d = r * 0.4 + 0.8;
  const [left, right, top, bottom] = [x - d, x + d, y - d, y + d].map(round);
  return `M${left} ${top}L${right} ${bottom}M${left} ${bottom}L${right} ${top}`;
};

const dot = (cell: LedgerCell | undefined, x: number, y: number, most: number): Html => {
  if (cell === undefined || cell.announced === 0)
    return html`<circle class="none" cx="${x}" cy="${y}" r="${NONE}"></circle>`;
  const r = SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(cell.announced / most);
  return html`<g${cell.rejected === 0 ? nothing : html` class="flag"`}><title>${longDate(cell.day)}: ${counted(cell)}</title><circle cx="${x}" cy="${y}" r="${round(r)}"></circle>${
    cell.rejected === 0 ? nothing : html`<path d="${cross(x, y, r)}"></path>`
  }</g>`;
};

const monthLabels = (first: Day, weeks: number): readonly Html[] => {
  const labels: Html[] = [];
  let named = '';
  for (let week = 0; week < weeks; week += 1) {
    const monday = addDays(first, week * 7);
    const month = monday.slice(0, 7);
    if (month !== named && Number(monday.slice(8)) <= 7 && week < weeks - 1)
      labels.push(
        html`<text x="${LEFT + week * STEP}" y="12">${MONTHS[Number(monday.slice(5, 7)) - 1]?.slice(0, 3) ?? ''}</text>`,
      );
    named = month;
  }
  return labels;
};

/** The days in words: how many, the busiest, those with rejections. */
export const inWords = (days: readonly LedgerCell[], last: Day): string => {
  const busiest = days.reduce<LedgerCell | null>((a, b) => (a !== null && a.announced >= b.announced ? a : b), null);
  if (busiest === null) return `Nothing announced in the 26 weeks to ${shortDate(last)}.`;
  const rejecting = days.filter(({ rejected }) => rejected > 0).length;
  return `${count(days.length, 'day')} with entries in the 26 weeks to ${shortDate(last)}; most on ${shortDate(busiest.day)}, ${number(busiest.announced)}${
    rejecting === 0 ? '' : `; ${count(rejecting, 'day')} with rejections`
  }.`;
};

/** The map of one source from a Monday to today. */
export const ledgerMap = (
  { title, days }: { readonly title: string; readonly days: readonly LedgerCell[] },
  { first, last }: { readonly first: Day; readonly last: Day },
): Html => {
  const length = daysBetween(first, last) + 1;
  const weeks = Math.ceil(length / 7);
  const byDay = new Map(days.map((cell) => [cell.day, cell]));
  const most = Math.max(1, ...days.map(({ announced }) => announced));
  const dots = Array.from({ length }, (_, n) =>
    dot(byDay.get(addDays(first, n)), LEFT + 7 + Math.floor(n / 7) * STEP, TOP + 8 + (n % 7) * STEP, most),
  );
  return html`<svg class="halftone" viewBox="0 0 ${LEFT + weeks * STEP} ${TOP + 7 * STEP}" role="img" aria-label="${title}: ${inWords(days, last)}">${monthLabels(first, weeks)}${Object.entries(
    NAMED,
  ).map(([row, name]) => html`<text x="0" y="${TOP + 12 + Number(row) * STEP}">${name}</text>`)}${dots}</svg>`;
};

/** What the signs mean. */
export const legend: Html = html`<p class="legend small"><span><svg class="halftone key" viewBox="0 0 38 16" aria-hidden="true"><circle cx="4" cy="8" r="2"></circle><circle cx="15" cy="8" r="4.5"></circle><circle cx="30" cy="8" r="7"></circle></svg> a day; the larger, the more was announced</span> <span><svg class="halftone key" viewBox="0 0 16 16" aria-hidden="true"><g class="flag"><circle cx="8" cy="8" r="6"></circle><path d="${cross(8, 8, 6)}"></path></g></svg> some of it was rejected</span> <span><svg class="halftone key" viewBox="0 0 8 16" aria-hidden="true"><circle class="none" cx="4" cy="8" r="1.2"></circle></svg> nothing announced</span></p>`;
