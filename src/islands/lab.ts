/** Runs the lab of the page in its room, shows it live, and tells what came of it. */

import type { LabBrief } from '../labs/brief.ts';
import { interval } from '../labs/claims.ts';
import type { LabEvent, Metric, Params } from '../labs/contract.ts';
import { evidenceOf } from '../labs/evidence.ts';
import { metricsHash, sortMetrics } from '../labs/metrics-hash.ts';
import { metricTitle } from '../labs/place-names.ts';
import { type Lane, type Progress, runLab } from '../labs/scheduler.ts';
import { VERDICTS } from '../labs/verdict-words.ts';
import type { Findings } from '../labs/worker-protocol.ts';
import type { Seen } from './lab.plot-rows.ts';
import { drawPlot, keyOf } from './lab.plots.ts';
import { openRoom } from './lab.room.ts';

const part = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const brief = JSON.parse(part('lab-brief').textContent ?? '') as LabBrief;
const form = part<HTMLFormElement>('lab-form');
const [runButton, stopButton] = [part<HTMLButtonElement>('lab-run'), part<HTMLButtonElement>('lab-stop')];
const [bar, status] = [part<HTMLProgressElement>('lab-progress'), part('lab-status')];

const seconds = (ms: number): string => {
  const s = Math.round(ms / 1_000);
  return s < 90 ? `${s} s` : `${Math.round(s / 60)} min`;
};

const asked = (): { params: Params; seeds: readonly number[] } => {
  const fields = new FormData(form);
  const params = Object.fromEntries(
    Object.entries(brief.kinds).map(([key, kind]) => {
      const said = String(fields.get(key) ?? '');
      return [key, kind === 'choice' ? said : kind === 'bool' ? said === '1' : Number(said)];
    }),
  );
  const from = Number(fields.get('from') ?? 1);
  const count = Math.max(1, Math.min(100, Number(fields.get('seeds')) || 1));
  return { params, seeds: Array.from({ length: count }, (_, i) => from + i) };
};

const addressOf = (hash: string | null): string => {
  const fields = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  for (const [key, kind] of Object.entries(brief.kinds)) if (kind === 'bool' && !fields.has(key)) fields.set(key, '0');
  if (hash !== null) fields.set('result', hash);
  return `${location.origin}${location.pathname}?${fields}`;
};

const element = (tag: string, text: string, className = ''): HTMLElement => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
};

const showMetrics = (metrics: readonly Metric[]): void => {
  const names = [...new Set(metrics.map(({ name, at }) => JSON.stringify([name, at])))];
  const evidence = evidenceOf(metrics);
  part('lab-metrics').replaceChildren(
    ...names.map((key) => {
      const [name, at] = JSON.parse(key) as [string, number | null];
      const row = document.createElement('tr');
      const head = element('th', metricTitle(brief.plots, name, at));
      head.setAttribute('scope', 'row');
      const cells = brief.arms.map(({ id }) =>
        element('td', interval(evidence.summary(name, id, at ?? undefined)), 'number'),
      );
      row.append(head, ...cells);
      return row;
    }),
  );
};

const showFindings = (findings: Findings, broken: Findings): void => {
  for (const [id, { verdict, says }] of Object.entries(findings)) {
    const cell = document.querySelector(`[data-verdict="${id}"]`);
    cell?.replaceChildren(element('strong', VERDICTS[verdict]));
    const measured = document.querySelector(`[data-measured="${id}"]`);
    if (verdict !== 'cannot-be-tested-here') measured?.replaceChildren(...says.map((line) => element('p', line)));
    const other = broken[id];
    if (other) document.querySelector(`[data-broken="${id}"]`)?.replaceChildren(VERDICTS[other.verdict]);
  }
};

const judged = (lane: Lane, metrics: readonly Metric[]): Promise<void> =>
  new Promise((resolve) => {
    lane.ask({ judge: metrics }, (said) => {
      if (said.t === 'findings') showFindings(said.findings, said.broken);
      resolve();
    });
  });

const csvOf = (metrics: readonly Metric[]): string => {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const rows = sortMetrics(metrics).map(({ name, arm, seed, at, value }) => [
    quoted(name),
    quoted(arm),
    seed,
    at ?? '',
    value,
  ]);
  return `${[['metric', 'arm', 'seed', 'at', 'value'], ...rows].map((row) => row.join(',')).join('\n')}\n`;
};

const offer = (name: string, type: string, text: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

let stop: AbortController | null = null;
let seen: Seen = { points: [], frames: new Map(), metrics: [] };

const redraw = (): void => {
  for (const spec of brief.plots) {
    const place = document.querySelector<HTMLElement>(`[data-plot="${spec.id}"]`);
    const has =
      spec.kind === 'bars'
        ? seen.metrics.length > 0
        : spec.kind === 'heatmap'
          ? seen.frames.size > 0
          : seen.points.length > 0;
    if (place && has) drawPlot(place, spec, brief.arms, seen);
  }
};

const take = (events: readonly LabEvent[], first: number): void => {
  for (const event of events) {
    if (event.t === 'point') seen.points.push(event);
    else if (event.t === 'frame' && event.seed === first) seen.frames.set(`${event.plot}/${event.arm}`, event);
    else if (event.t === 'metric') seen.metrics.push(event);
  }
};

const tell = ({ done, finished, tasks, leftMs }: Progress): void => {
  bar.value = done;
  status.textContent = `${finished} of ${tasks} runs${leftMs === null ? '' : `, some ${seconds(leftMs)} left`}`;
};

/** Milliseconds between two drawings of a run; more where drawing is slow, so that it takes no more than a tenth of the time. */
const LIVE_MS = 400;
const LIVE_SHARE = 0.1;

/** Draws what is seen again and again, until it is told to end. */
const drawLive = (): (() => void) => {
  let timer = 0;
  const draw = (): void => {
    const began = performance.now();
    if (!document.hidden) redraw();
    timer = window.setTimeout(draw, Math.max(LIVE_MS, (performance.now() - began) / LIVE_SHARE));
  };
  timer = window.setTimeout(draw, LIVE_MS);
  return () => window.clearTimeout(timer);
};

const run = async (): Promise<void> => {
  if (stop !== null) return;
  const control = new AbortController();
  stop = control;
  seen = { points: [], frames: new Map(), metrics: [] };
  const { params, seeds } = asked();
  [runButton.disabled, stopButton.disabled, bar.hidden] = [true, false, false];
  bar.value = 0;
  for (const earlier of document.querySelectorAll<HTMLElement>('[data-until-run]')) earlier.hidden = true;
  status.textContent = 'Fetching the lab…';
  const endLive = drawLive();
  try {
    const answer = await fetch(brief.bundle, { signal: control.signal });
    if (!answer.ok) throw new Error(`The lab could not be fetched: ${answer.status}.`);
    const room = await openRoom(brief.frame, await answer.text());
    try {
      const outcome = await runLab({
        lab: brief,
        params,
        seeds,
        lanes: Math.max(1, Math.min(2, navigator.hardwareConcurrency || 1)),
        open: room.open,
        now: () => performance.now(),
        signal: control.signal,
        hear: (events) => take(events, seeds[0] ?? 1),
        onProgress: tell,
      });
      const metrics = [...outcome.metrics];
      seen = { ...seen, metrics };
      showMetrics(metrics);
      if (metrics.length > 0) {
        const lane = room.open();
        await judged(lane, metrics);
      }
      conclude(
        outcome.complete,
        outcome.error ?? (outcome.stopped === 'silent' ? 'It answered no more.' : ''),
        outcome.wallMs,
      );
    } finally {
      room.close();
    }
  } catch (error) {
    status.textContent = control.signal.aborted
      ? 'Stopped.'
      : error instanceof Error
        ? error.message
        : 'It could not be run.';
  } finally {
    endLive();
    redraw();
    [runButton.disabled, stopButton.disabled, bar.hidden] = [false, true, true];
    stop = null;
  }
};

const conclude = (complete: boolean, why: string, wallMs: number): void => {
  const hash = metricsHash(seen.metrics);
  const told = form.dataset.told;
  const same =
    told === undefined || !complete
      ? ''
      : told === hash
        ? ' The same as in the link, to the last bit.'
        : ' Not what the link tells of: something was changed.';
  const how = complete
    ? `Done in ${seconds(wallMs)}. Fingerprint ${hash}.${same}`
    : `Stopped. ${why} What is shown rests on the runs that were finished.`;
  status.textContent = how;
  part('lab-keep').hidden = seen.metrics.length === 0;
  part<HTMLAnchorElement>('lab-link').href = addressOf(complete ? hash : null);
};

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void run();
});
stopButton.addEventListener('click', () => stop?.abort());
form.addEventListener('input', ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.type !== 'range') return;
  const shown = form.querySelector(`output[for="${target.id}"]`);
  if (shown) shown.textContent = target.value;
});
part('lab-copy').addEventListener('click', () => {
  void navigator.clipboard.writeText(part<HTMLAnchorElement>('lab-link').href).then(() => {
    status.textContent = 'Copied: the link runs the same again.';
  });
});
part('lab-csv').addEventListener('click', () => offer(`${brief.id}.csv`, 'text/csv', csvOf(seen.metrics)));
part('lab-svg').addEventListener('click', () => {
  for (const spec of brief.plots) {
    for (const [i, svg] of [...document.querySelectorAll(`[data-plot="${spec.id}"] svg`)].entries())
      offer(`${brief.id}-${spec.id}-${i + 1}.svg`, 'image/svg+xml', new XMLSerializer().serializeToString(svg));
  }
});
for (const [i, key] of keyOf(brief.arms).entries()) document.querySelectorAll('[data-key]')[i]?.replaceChildren(key);
for (const hidden of document.querySelectorAll<HTMLElement>('[data-script]')) hidden.hidden = false;
stopButton.disabled = true;
part('lab-needs').hidden = true;

// A window of another width: what was drawn is drawn again.
let drawnAt = document.documentElement.clientWidth;
new ResizeObserver(() => {
  const width = document.documentElement.clientWidth;
  if (width === drawnAt) return;
  drawnAt = width;
  redraw();
}).observe(document.documentElement);

const LOOK_MS = 700;
let tag: string | null = null;
/** While a lab is written, its page comes again when it has changed; not in the middle of a run. */
const look = async (): Promise<void> => {
  const answer = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).catch(() => null);
  const now = answer?.headers.get('etag') ?? tag;
  if (tag !== null && now !== tag && stop === null) location.reload();
  else tag = now;
};
if (brief.watched) setInterval(() => void look(), LOOK_MS);
