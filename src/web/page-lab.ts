import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Context } from 'hono';
import { HOME } from '../config.ts';
import { Fault } from '../kernel/errors.ts';
import type { Lab, PresetId } from '../labs/contract.ts';
import { presetOf, presetParams, readParams, SHOWN_PRESETS } from '../labs/params.ts';
import { LABS, labOf } from '../labs/registry.ts';
import type { LabBundle, LabPage } from '../model/lab-page.ts';
import type { Paper } from '../model/paper.ts';
import { shownRun } from '../services/lab-runs.ts';
import { labView } from '../views/lab.ts';
import { labsView } from '../views/labs.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { LAB_FRAME, LAB_FRAME_HEADERS, withLabFrame } from './lab-frame.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const MOST_SEEDS = 100;

const labAt = ({ workshop }: Edge, c: Context<Env>): Lab => {
  const id = c.req.param('id') ?? '';
  const lab = workshop?.lab.id === id ? workshop.lab : labOf(id);
  if (lab === null) throw new Fault('not-found', 'There is no such lab here.');
  return lab;
};

/** The paper by the name it has in the first edition, whatever it is called now. */
export const paperOf = async ({ store }: Edge, { paper }: Pick<Lab, 'paper'>): Promise<Paper | null> =>
  (await store.papers.get(paper)) ??
  store.papers.resolve(paper).then((id) => (id === null ? null : store.papers.get(id)));

const bundleOf = ({ assets }: Edge, { id }: Lab): LabBundle | null => {
  const address = assets.labs[id];
  const body = address === undefined ? undefined : assets.files.get(address)?.body;
  return address === undefined || body === undefined ? null : { address, bytes: gzipSync(body).byteLength };
};

const whole = (text: string | undefined, otherwise: number, most: number): number => {
  const n = /^\d{1,9}$/.test(text ?? '') ? Number(text) : otherwise;
  return Math.max(1, Math.min(most, n));
};

/** The values an address asks for: of a preset, or one by one. The quick preset where it asks for none. */
const wishOf = (
  lab: Lab,
  asked: Readonly<Record<string, string>>,
): Pick<LabPage, 'params' | 'preset' | 'seeds' | 'from' | 'told'> => {
  const named: PresetId | undefined = SHOWN_PRESETS.find((id) => id === asked.preset);
  const says = lab.params.some(({ key }) => key in asked);
  const params = says ? readParams(lab, asked) : presetParams(lab, named ?? 'quick');
  const preset = presetOf(lab, params);
  return {
    params,
    preset,
    seeds: whole(asked.seeds, lab.presets[preset ?? 'quick'].seeds, MOST_SEEDS),
    from: whole(asked.from, 1, 1_000_000),
    told: /^[0-9a-f]{16}$/.test(asked.result ?? '') ? (asked.result ?? null) : null,
  };
};

/** `/labs/{id}`: the values stand in the address, so that a link runs the same again. */
export const labPage =
  (edge: Edge): Handler =>
  async (c) => {
    const lab = labAt(edge, c);
    const page: LabPage = {
      lab,
      paper: await paperOf(edge, lab),
      ...wishOf(lab, c.req.query()),
      bundle: bundleOf(edge, lab),
      stored: await shownRun(edge, lab),
      watched: edge.workshop?.lab === lab,
    };
    const answer = await sendOnce(c, labView(page, frameOf(edge, c), edge.assets.labCss));
    withLabFrame(answer.headers);
    return answer;
  };

/** `/labs` */
export const labsPage =
  (edge: Edge): Handler =>
  async (c) => {
    const entries = await Promise.all(
      LABS.map(async (lab) => ({ lab, paper: await paperOf(edge, lab), stored: await shownRun(edge, lab) })),
    );
    return sendOnce(c, labsView(entries, frameOf(edge, c), edge.assets.labCss));
  };

/** `/labs/{id}/source`: the code as it runs. */
export const labSourcePage =
  (edge: Edge): Handler =>
  async (c) =>
    c.body(await readFile(join(HOME, 'src/labs', `${labAt(edge, c).id}.ts`), 'utf8'), 200, {
      'content-type': 'text/plain; charset=utf-8',
    });

/** `/labs/frame`: the room labs run in; not a page to read. */
export const labFramePage = (): Handler => async (c) => {
  c.set('guarded', true);
  return c.body(LAB_FRAME, 200, LAB_FRAME_HEADERS);
};
