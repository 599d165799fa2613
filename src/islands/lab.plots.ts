import * as Plot from '@observablehq/plot';
import type { Arm, Plot as PlotSpec } from '../labs/contract.ts';
import { colourOf, symbolOf } from '../labs/marks.ts';
import { lineMarks, references, scatterMarks } from './lab.plot-lines.ts';
import { barRows, type Row, type Seen, scaleOf, ticksOf } from './lab.plot-rows.ts';

/** Pixels: of an axis’s letters, and of its ticks with their space. */
const EM = 10;
const TICK = 12;
/** More rows than these stand closer. */
const MANY = 12;

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
