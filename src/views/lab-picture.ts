import { type Html, html, nothing } from '../kernel/html.ts';
import { plainNumber } from '../labs/claims.ts';
import type { Axis, Lab, Plot, RunRecord } from '../labs/contract.ts';
import { evidenceOf } from '../labs/evidence.ts';
import { colourOf, dashOf, type MarkShape, symbolOf } from '../labs/marks.ts';
import { placeName } from '../labs/place-names.ts';

/** Plots of a run that was kept, as plain SVG: for where nothing is run. Pixels throughout. */

const WIDTH = 400;
const HEIGHT = 210;
const MARGIN = { top: 10, right: 12, bottom: 38, left: 46 };
const ROW = 30;
/** More lines of text than these are no picture; they are drawn along an axis instead. */
const MOST_ROWS = 12;
const TICKS = 4;
/** A line of text. */
const LINE = 14;

interface Dot {
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

interface Line {
  /** The place of the arm in the lab. */
  readonly arm: number;
  readonly series: string;
  readonly dots: readonly Dot[];
}

interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Steps of 1, 2 or 5 times a power of ten, about `TICKS` of them. */
const stepOf = (range: number): number => {
  const rough = range / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const [step = 10] = [1, 2, 5, 10].filter((one) => one * power >= rough);
  return step * power;
};

const between = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Holds all values and what the axis asks for. Positive numbers alone on a logarithmic one. */
const scaleOf = (axis: Axis, values: readonly number[], [from, to]: readonly [number, number]): Scale => {
  const shown = values.filter((value) => Number.isFinite(value) && (axis.log !== true || value > 0));
  let low = axis.min ?? Math.min(...shown);
  let high = axis.max ?? Math.max(...shown);
  if (!Number.isFinite(low) || !Number.isFinite(high)) [low, high] = [0, 1];
  if (axis.log === true && low > 0) {
    if (low === high) [low, high] = [low / 2, high * 2];
    const [a, b] = [Math.log10(low), Math.log10(high)];
    const powers = Array.from({ length: Math.floor(b) - Math.ceil(a) + 1 }, (_, i) => Math.ceil(a) + i);
    const every = Math.ceil(powers.length / (TICKS + 1));
    const ticks = powers.filter((_, i) => i % every === 0).map((power) => 10 ** power);
    return {
      at: (value) => from + ((Math.log10(between(value, low, high)) - a) / (b - a)) * (to - from),
      ticks: ticks.length > 1 ? ticks : [low, high],
    };
  }
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const step = stepOf(high - low);
  if (axis.min === undefined) low = Math.floor(low / step + 1e-9) * step;
  if (axis.max === undefined) high = Math.ceil(high / step - 1e-9) * step;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return {
    at: (value) => from + ((between(value, low, high) - low) / (high - low)) * (to - from),
    ticks: Array.from({ length: Math.max(0, last - first) + 1 }, (_, i) => (first + i) * step),
  };
};

const fixed = (value: number): string => String(Math.round(value * 10) / 10);

const STROKES: Readonly<Partial<Record<MarkShape, string>>> = {
  cross: 'M-4-4 4 4M-4 4 4-4',
  star: 'M0-5V5M-5-2 5 2M-5 2 5-2',
  wye: 'M0 0V5M0 0 4-4M0 0-4-4',
  asterisk: 'M0-5V5M-4-3 4 3M-4 3 4-3',
};
const SHAPES: Readonly<Partial<Record<MarkShape, string>>> = {
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0',
  square: 'M-3.5-3.5h7v7h-7z',
  triangle: 'M0-4.6 4.4 3.6H-4.4z',
  diamond: 'M0-5 4 0 0 5-4 0z',
};

/** The mark of an arm; filled where it stands for a mean of bars. */
const mark = (arm: number, x: number, y: number, filled = false): Html => {
  const shape = symbolOf(arm);
  const place = html`transform="translate(${fixed(x)} ${fixed(y)})" stroke="${colourOf(arm)}"`;
  const outline = SHAPES[shape];
  return outline === undefined
    ? html`<path d="${STROKES[shape] ?? ''}" ${place} stroke-width="1.6" fill="none"/>`
    : html`<path d="${outline}" ${place} stroke-width="1.4" fill="${filled ? colourOf(arm) : 'none'}"/>`;
};

/** What stands for an arm in pictures. */
export const armMark = (arm: number): Html =>
  html`<svg width="34" height="14" viewBox="0 0 34 14" aria-hidden="true"><path d="M0 7H34" stroke="${colourOf(arm)}"/>${mark(arm, 17, 7)}</svg>`;

const picture = (label: string, height: number, inside: Html): Html =>
  html`<svg class="lab-picture" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${label}">${inside}</svg>`;

const acrossTicks = (
  { at, ticks }: Scale,
  top: number,
  bottom: number,
  title: string,
  nameOf: (tick: number) => string = plainNumber,
): Html =>
  html`<g class="axis">${ticks.map((tick) => html`<path d="M${fixed(at(tick))} ${top}V${bottom}"/><text x="${fixed(at(tick))}" y="${bottom + 14}" text-anchor="middle">${nameOf(tick)}</text>`)}<text x="${WIDTH - MARGIN.right}" y="${bottom + 30}" text-anchor="end">${title}</text></g>`;

const upTicks = ({ at, ticks }: Scale): Html =>
  html`<g class="axis">${ticks.map((tick) => html`<path d="M${MARGIN.left} ${fixed(at(tick))}H${WIDTH - MARGIN.right}"/><text x="${MARGIN.left - 6}" y="${fixed(at(tick) + 4)}" text-anchor="end">${plainNumber(tick)}</text>`)}</g>`;

/** The final metric of every arm: a row each, with its name above and its mean at the end. */
const rowsPicture = (plot: Plot, lab: Lab, lines: readonly Line[]): Html => {
  const rows = lines.flatMap(({ arm, dots }) =>
    dots.map((dot) => ({
      ...dot,
      arm,
      name: `${lab.arms[arm]?.label}${dots.length > 1 && plot.kind === 'bars' ? `, ${placeName([plot], plot.metric, dot.x)}` : ''}`,
    })),
  );
  const bottom = 4 + ROW * rows.length;
  const scale = scaleOf(
    plot.x,
    rows.flatMap(({ low, high }) => [low, high]),
    [8, WIDTH - 8],
  );
  const { at } = scale;
  return picture(
    `${plot.title}: ${rows.map(({ name, mean }) => `${name} ${plainNumber(mean)}`).join('; ')}`,
    bottom + MARGIN.bottom,
    html`${acrossTicks(scale, 2, bottom, plot.x.label)}${rows.map(({ arm, name, mean, low, high }, i) => {
      const y = 4 + ROW * i;
      return html`<text x="0" y="${y + 11}">${name}</text><text x="${WIDTH}" y="${y + 11}" text-anchor="end">${plainNumber(mean)}</text><path d="M${fixed(at(low))} ${y + 21}H${fixed(at(high))}" stroke="${colourOf(arm)}" stroke-width="2"/>${mark(arm, at(mean), y + 21, true)}`;
    })}`,
  );
};

const path = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${fixed(x)} ${fixed(y)}`).join('');

const linesPicture = (plot: Plot, axes: { readonly x: Axis; readonly y: Axis }, lines: readonly Line[]): Html => {
  const dots = lines.flatMap((line) => line.dots);
  const references = plot.reference ?? [];
  const across = scaleOf(
    axes.x,
    dots.map(({ x }) => x),
    [MARGIN.left, WIDTH - MARGIN.right],
  );
  const up = scaleOf(
    axes.y,
    [...dots.flatMap(({ low, high }) => [low, high]), ...references.map(({ y }) => y)],
    [HEIGHT - MARGIN.bottom, MARGIN.top + 14],
  );
  const joined = plot.kind !== 'scatter';
  // The key tells arms apart, not what was measured of them: that stands at the end of the first line that is called so.
  const named = new Set(['']);
  const taken: number[] = [];
  const nameOfTick = (tick: number): string =>
    plot.kind === 'bars' ? placeName([plot], plot.metric, tick) : plainNumber(tick);
  const nameOf = (series: string, [x, y]: readonly [number, number]): Html => {
    if (named.has(series)) return nothing;
    named.add(series);
    let place = Math.max(MARGIN.top + 12, y - 7);
    while (taken.some((other) => Math.abs(other - place) < LINE)) place += LINE;
    taken.push(place);
    return html`<text x="${fixed(x)}" y="${fixed(place)}" text-anchor="end">${series}</text>`;
  };
  const drawn = lines.map(({ arm, series, dots: own }, n) => {
    const colour = colourOf(arm);
    const band = [
      ...own.map(({ x, high }) => [across.at(x), up.at(high)] as const),
      ...own.toReversed().map(({ x, low }) => [across.at(x), up.at(low)] as const),
    ];
    const line = own.map(({ x, mean }) => [across.at(x), up.at(mean)] as const);
    const every = Math.max(1, Math.ceil(own.length / 6));
    const marked = joined ? line.filter((_, i) => i % every === (own.length > 6 ? n % every : 0)) : line;
    const dash = dashOf(n);
    return html`${joined && own.length > 1 ? html`<path d="${path(band)}Z" fill="${colour}" opacity="0.12"/><path d="${path(line)}" stroke="${colour}" stroke-width="1.8" fill="none"${dash === 'none' ? nothing : html` stroke-dasharray="${dash}"`}/>` : nothing}${marked.map(([x, y]) => mark(arm, x, y))}${nameOf(series, line.at(-1) ?? [0, 0])}`;
  });
  const told = references.map(
    ({ y, label }) =>
      html`<path class="reference" d="M${MARGIN.left} ${fixed(up.at(y))}H${WIDTH - MARGIN.right}"/><text x="${WIDTH - MARGIN.right}" y="${fixed(up.at(y) - 5)}" text-anchor="end">${label}</text>`,
  );
  return picture(
    plot.title,
    HEIGHT,
    html`${upTicks(up)}${acrossTicks(across, MARGIN.top + 14, HEIGHT - MARGIN.bottom, axes.x.label, nameOfTick)}<text x="0" y="12">${axes.y.label}</text>${told}${drawn}`,
  );
};

const barLines = (plot: Plot & { readonly kind: 'bars' }, lab: Lab, { metrics }: RunRecord): readonly Line[] => {
  const evidence = evidenceOf(metrics);
  const dotAt = (arm: string, at: number | null): readonly Dot[] => {
    const { n, mean, ci95 } = evidence.summary(plot.metric, arm, at ?? undefined);
    if (n === 0) return [];
    const [low, high] = n > 1 ? ci95 : [mean, mean];
    const clip = (value: number): number => between(value, plot.x.min ?? -Infinity, plot.x.max ?? Infinity);
    return [{ x: at ?? 0, mean, low: clip(low), high: clip(high) }];
  };
  return lab.arms.flatMap(({ id }, arm) => {
    const places = evidence.places(plot.metric, id);
    const dots = (places.length === 0 ? [null] : places).flatMap((at) => dotAt(id, at));
    return dots.length === 0 ? [] : [{ arm, series: '', dots }];
  });
};

const curveLines = (plot: Plot, lab: Lab, { curves = [] }: RunRecord): readonly Line[] =>
  curves
    .filter((curve) => curve.plot === plot.id)
    .map(({ arm, series, points }) => ({
      arm: lab.arms.findIndex(({ id }) => id === arm),
      series,
      dots: points.map(([x, mean, low, high]) => ({ x, mean, low, high })),
    }));

/** A plot of a lab as a run left it; null where the run kept nothing of it. */
export const labPicture = (plot: Plot, lab: Lab, record: RunRecord): Html | null => {
  if (plot.kind === 'heatmap') return null;
  const lines = plot.kind === 'bars' ? barLines(plot, lab, record) : curveLines(plot, lab, record);
  if (lines.length === 0) return null;
  if (plot.kind !== 'bars') return linesPicture(plot, plot, lines);
  const rows = lines.reduce((sum, { dots }) => sum + dots.length, 0);
  return rows <= MOST_ROWS
    ? rowsPicture(plot, lab, lines)
    : linesPicture(plot, { x: { label: plot.y.label }, y: plot.x }, lines);
};

/** The one picture that stands for a lab: its first bars or lines. */
export const labPreview = (lab: Lab, record: RunRecord): Html => {
  for (const kinds of [['bars'], ['line', 'scatter']])
    for (const plot of lab.plots) {
      const drawn = kinds.includes(plot.kind) ? labPicture(plot, lab, record) : null;
      if (drawn !== null)
        return html`<figure class="lab-preview"><figcaption>${plot.title}</figcaption>${drawn}</figure>`;
    }
  return nothing;
};

/** Curves with a mark each, as their places in a key tell. */
export const curvesPicture = (
  title: string,
  axes: { readonly x: Axis; readonly y: Axis },
  lines: readonly (readonly (readonly [x: number, y: number])[])[],
): Html =>
  linesPicture(
    { id: '', kind: 'line', title, ...axes },
    axes,
    lines.map((points, arm) => ({
      arm,
      series: '',
      dots: points.map(([x, mean]) => ({ x, mean, low: mean, high: mean })),
    })),
  );
