import * as Plot from '@observablehq/plot';
import { plainNumber } from '../labs/claims.ts';
import type { Arm, LabEvent, Metric, Plot as PlotSpec } from '../labs/contract.ts';
import { summarise } from '../labs/kit/stats.ts';
import { colourOf, dashOf, symbolOf } from '../labs/marks.ts';
import { placeName } from '../labs/place-names.ts';

/** What the plots are drawn from, as it comes in. */
export interface Seen {
  readonly points: Extract<LabEvent, { t: 'point' }>[];
  /** By plot and arm: the last grid of the first seed. */
  readonly frames: Map<string, Extract<LabEvent, { t: 'frame' }>>;
  readonly metrics: Metric[];
}

interface Row {
  readonly line: string;
  readonly arm: string;
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

const rowOf = (arm: string, line: string, x: number, values: readonly number[], axis: PlotSpec['y']): Row => {
  const { mean, ci95, n } = summarise(values);
  const [low, high] = n > 1 ? ci95 : [mean, mean];
  // An interval that reaches 0 has no end on a logarithmic axis: it is cut off at the least that was seen.
  const least = axis.log && low <= 0 ? Math.min(...values.filter((value) => value > 0), mean) : low;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = axis;
  return { arm, line, x, mean, low: Math.max(min, least), high: Math.min(max, high), n };
};

const scaleOf = (axis: PlotSpec['x']): Plot.ScaleOptions => ({
  label: axis.label,
  labelArrow: 'none',
  ...(axis.log ? { type: 'log' } : { nice: true }),
  ...(axis.min !== undefined && axis.max !== undefined ? { domain: [axis.min, axis.max] } : {}),
});

const references = (spec: PlotSpec): Plot.Markish[] =>
  (spec.reference ?? []).flatMap(({ y, label }) => [
    Plot.ruleY([y], { strokeDasharray: '1 3' }),
    Plot.text([label], { frameAnchor: 'right', y, dy: -6, textAnchor: 'end' }),
  ]);

/** Pixels between the names of two series, at least. */
const APART = 12;

/** How far up or down the names of series go, so that none stands on another: they are at heights from 0 to 1 of so many pixels. */
const nudges = (height: number): ((at: number, falls: boolean) => number) => {
  const taken: number[] = [];
  return (at, falls) => {
    let place = at * height + (falls ? -APART + 1 : APART / 2 + 1);
    while (taken.some((other) => Math.abs(other - place) < APART)) place -= APART;
    taken.push(place);
    return at * height - place;
  };
};

const lineMarks = (spec: PlotSpec, arms: readonly Arm[], { points }: Seen, height: number): Plot.Markish[] => {
  const own = points.filter(({ plot }) => plot === spec.id);
  const lines = Object.entries(Object.groupBy(own, ({ arm, series }) => JSON.stringify([arm, series])));
  const named = new Set(['']);
  const scaled = (y: number): number => (spec.y.log ? Math.log(Math.max(y, 1e-12)) : y);
  const ends = own.map(({ y }) => scaled(y));
  const [bottom, top] = [
    spec.y.min === undefined ? ends.reduce((a, b) => Math.min(a, b), Infinity) : scaled(spec.y.min),
    spec.y.max === undefined ? ends.reduce((a, b) => Math.max(a, b), -Infinity) : scaled(spec.y.max),
  ];
  const nudge = nudges(height);
  return lines.flatMap(([key, some = []], at) => {
    const [arm, series] = JSON.parse(key) as [string, string];
    const index = arms.findIndex(({ id }) => id === arm);
    const name = [arms[index]?.label, series].filter(Boolean).join(', ');
    const byX = Map.groupBy(some, ({ x }) => x);
    const rows = [...byX]
      .sort(([a], [b]) => a - b)
      .map(([x, those]) =>
        rowOf(
          arm,
          name,
          x,
          those.map(({ y }) => y),
          spec.y,
        ),
      );
    const stroke = colourOf(index);
    const dash = dashOf(at);
    // The legend tells arms apart, not what was measured of them: that stands at the end of the first arm's line.
    const label = named.has(series) ? [] : rows.slice(-1);
    named.add(series);
    const falls = (rows.at(-1)?.mean ?? 0) < (rows[0]?.mean ?? 0);
    return [
      Plot.areaY(rows, { x: 'x', y1: 'low', y2: 'high', fill: stroke, fillOpacity: 0.12 }),
      Plot.lineY(rows, {
        x: 'x',
        y: 'mean',
        stroke,
        strokeWidth: 1.8,
        ...(dash === 'none' ? {} : { strokeDasharray: dash }),
      }),
      Plot.dot(
        rows.filter((_, i) => i % 10 === (at * 3) % 10),
        { x: 'x', y: 'mean', stroke, r: 3, symbol: symbolOf(index) },
      ),
      ...label.map((row) =>
        Plot.text([row], {
          x: 'x',
          y: 'mean',
          text: () => series,
          textAnchor: 'end',
          dy: nudge((scaled(row.mean) - bottom) / (top - bottom || 1), falls),
        }),
      ),
    ];
  });
};

const scatterMarks = (spec: PlotSpec, arms: readonly Arm[], { points }: Seen): Plot.Markish[] =>
  arms.map(({ id }, index) =>
    Plot.dot(
      points.filter(({ plot, arm }) => plot === spec.id && arm === id),
      {
        x: 'x',
        y: 'y',
        r: 2.5,
        stroke: colourOf(index),
        symbol: symbolOf(index),
      },
    ),
  );

const barRows = (spec: PlotSpec & { kind: 'bars' }, arms: readonly Arm[], { metrics }: Seen): Row[] => {
  const own = metrics.filter(({ name }) => name === spec.metric);
  const rows = [...Map.groupBy(own, ({ arm, at }) => JSON.stringify([arm, at]))].map(([key, those]) => {
    const [arm, at] = JSON.parse(key) as [string, number | null];
    const label = arms.find(({ id }) => id === arm)?.label ?? arm;
    return rowOf(
      arm,
      at === null ? label : `${label}, ${placeName([spec], spec.metric, at)}`,
      at ?? 0,
      those.map(({ value }) => value),
      spec.x,
    );
  });
  // Place by place, so that the arms are compared; runs end in no order.
  const order = arms.map(({ id }) => id);
  return rows.sort((a, b) => a.x - b.x || order.indexOf(a.arm) - order.indexOf(b.arm));
};

/** Pixels: of an axis’s letters, and of its ticks with their space. */
const EM = 10;
const TICK = 12;
/** More rows than these stand closer. */
const MANY = 12;

/** On a logarithmic axis 1, 2 and 5 of every power of ten, or where there are several the powers alone; in plain numbers. */
const ticksOf = (axis: PlotSpec['x'], values: readonly number[]): Plot.ScaleOptions => {
  if (!axis.log) return {};
  const shown = values.filter((value) => value > 0);
  const low = shown.reduce((a, b) => Math.min(a, b), Infinity);
  const high = shown.reduce((a, b) => Math.max(a, b), -Infinity);
  const digits = high > 30 * low ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    ticks.push(...digits.map((digit) => digit * 10 ** power).filter((tick) => tick >= low && tick <= high));
  return ticks.length > 1 ? { ticks, tickFormat: plainNumber } : { tickFormat: plainNumber };
};

const draw = (options: Plot.PlotOptions): SVGSVGElement | HTMLElement => {
  const drawn = Plot.plot({ style: { background: 'transparent' }, ...options });
  // Plot writes a style element, which the page's policy does not take; styles/lab.css says the same.
  for (const style of drawn.querySelectorAll('style')) style.remove();
  // A picture has one name: what its parts are called nobody can hear.
  for (const named of drawn.querySelectorAll('[aria-label]')) named.removeAttribute('aria-label');
  return drawn;
};

const heatmap = (
  spec: PlotSpec & { kind: 'heatmap' },
  arms: readonly Arm[],
  { frames }: Seen,
  width: number,
): Element[] =>
  arms.flatMap(({ id, label }) => {
    const frame = frames.get(`${spec.id}/${id}`);
    if (frame === undefined) return [];
    const { w, h, data } = frame;
    const most = data.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-9);
    const figure = document.createElement('div');
    const title = document.createElement('p');
    title.className = 'small';
    title.textContent = label;
    const size = Math.min(width, 270);
    figure.append(
      title,
      draw({
        width: size,
        height: Math.max(80, Math.min(420, (size * h) / w)),
        marginLeft: 30,
        x: { label: spec.x.label, labelArrow: 'none', ticks: [] },
        y: { label: spec.y.label, labelArrow: 'none', ticks: [], reverse: true },
        color: spec.palette === 'diverging' ? { scheme: 'PuOr', domain: [-most, most] } : { scheme: 'Greys' },
        marks: [
          Plot.rect(data, {
            x1: (_: number, i: number) => i % w,
            x2: (_: number, i: number) => (i % w) + 1,
            y1: (_: number, i: number) => Math.floor(i / w),
            y2: (_: number, i: number) => Math.floor(i / w) + 1,
            fill: (value: number) => value,
            shapeRendering: 'crispEdges',
          }),
        ],
      }),
    );
    return [figure];
  });

const plain = (spec: PlotSpec, arms: readonly Arm[], seen: Seen, width: number): Element => {
  if (spec.kind === 'bars') {
    const rows = barRows(spec, arms, seen);
    const of = (arm: string): number => arms.findIndex(({ id }) => id === arm);
    const names = Math.min(220, width / 2.2);
    return draw({
      width,
      height: 60 + (rows.length > MANY ? 22 : 34) * rows.length,
      marginLeft: names,
      x: {
        ...scaleOf(spec.x),
        ...ticksOf(
          spec.x,
          rows.flatMap(({ low, high }) => [low, high]),
        ),
        grid: true,
      },
      y: { domain: rows.map(({ line }) => line) },
      marks: [
        Plot.axisY({ label: null, lineWidth: (names - TICK) / EM }),
        Plot.ruleY(rows, {
          y: 'line',
          x1: 'low',
          x2: 'high',
          strokeWidth: 2,
          stroke: (row: Row) => colourOf(of(row.arm)),
        }),
        ...rows.map((row) =>
          Plot.dot([row], {
            x: 'mean',
            y: 'line',
            r: 5,
            fill: colourOf(of(row.arm)),
            symbol: symbolOf(of(row.arm)),
          }),
        ),
      ],
    });
  }
  const height = Math.min(360, Math.max(240, width * 0.5));
  const marks = spec.kind === 'line' ? lineMarks(spec, arms, seen, height - 50) : scatterMarks(spec, arms, seen);
  const own = seen.points.filter(({ plot }) => plot === spec.id);
  const ticks = (axis: 'x' | 'y'): Plot.ScaleOptions =>
    ticksOf(
      spec[axis],
      own.map((point) => point[axis]),
    );
  return draw({
    width,
    height,
    x: { ...scaleOf(spec.x), ...ticks('x') },
    y: { ...scaleOf(spec.y), ...ticks('y'), grid: true },
    marks: [...references(spec), ...marks],
  });
};

/** The key to the lines of a plot: mark, dashes and name. */
export const keyOf = (arms: readonly Arm[]): SVGSVGElement[] =>
  arms.map((_, index) => {
    const key = draw({
      width: 34,
      height: 14,
      margin: 0,
      axis: null,
      x: { domain: [0, 1] },
      y: { domain: [0, 1] },
      marks: [
        Plot.lineY(
          [
            [0, 0.5],
            [1, 0.5],
          ],
          { stroke: colourOf(index) },
        ),
        Plot.dot([[0.5, 0.5]], {
          stroke: colourOf(index),
          symbol: symbolOf(index),
          r: 4,
        }),
      ],
    }) as SVGSVGElement;
    key.setAttribute('aria-hidden', 'true');
    return key;
  });

/** Draws a plot into its place, at the width there is. */
export const drawPlot = (place: HTMLElement, spec: PlotSpec, arms: readonly Arm[], seen: Seen): void => {
  const width = Math.max(260, Math.min(760, place.clientWidth));
  const drawn = spec.kind === 'heatmap' ? heatmap(spec, arms, seen, width) : [plain(spec, arms, seen, width)];
  for (const one of drawn) {
    const svg = one instanceof SVGSVGElement ? one : one.querySelector('svg');
    // A heat map stands under the name of its arm; not every arm has one.
    const arm = one.querySelector('p')?.textContent;
    svg?.setAttribute('role', 'img');
    svg?.setAttribute('aria-label', arm ? `${spec.title}, ${arm}` : spec.title);
  }
  place.replaceChildren(...drawn);
};
