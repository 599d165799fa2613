import type { Lab, ParamSpec, Params, PresetId, Value } from './contract.ts';

export const PRESETS: readonly PresetId[] = ['quick', 'standard', 'full', 'smoke'];
/** What readers choose from; `smoke` is for tests. */
export const SHOWN_PRESETS = ['quick', 'standard', 'full'] as const satisfies readonly PresetId[];

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

/** The nearest value that the parameter can have; its default where there is none. */
const nearest = (spec: ParamSpec, said: Value | undefined): Value => {
  if (said === undefined) return spec.default;
  if (spec.kind === 'choice') return spec.options.includes(String(said)) ? String(said) : spec.default;
  if (spec.kind === 'bool') return said === true || said === 'true' || said === '1' || said === 'on';
  const number = typeof said === 'string' && said.trim() === '' ? Number.NaN : Number(said);
  if (!Number.isFinite(number)) return spec.default;
  const value = clamp(number, spec.min, spec.max);
  return spec.kind === 'int' ? Math.round(value) : value;
};

/** All parameters: what is `said`, brought into range, and the defaults for the rest. What no parameter is called is left out. */
export const readParams = (lab: Pick<Lab, 'params'>, said: Readonly<Record<string, Value | undefined>>): Params =>
  Object.fromEntries(lab.params.map((spec) => [spec.key, nearest(spec, said[spec.key])]));

export const presetParams = (lab: Lab, preset: PresetId): Params => readParams(lab, lab.presets[preset].params);

export const sameParams = (a: Params, b: Params): boolean =>
  Object.keys({ ...a, ...b }).every((key) => a[key] === b[key]);

/** Which preset the parameters are; null for none. */
export const presetOf = (lab: Lab, params: Params): PresetId | null =>
  PRESETS.find((id) => sameParams(presetParams(lab, id), params)) ?? null;

/** 1 … n. */
export const seedsOf = (n: number, from = 1): readonly number[] => Array.from({ length: n }, (_, i) => from + i);

/** A parameter as a number. Throws where it is none: the lab asks for what it did not declare. */
export const numberOf = (params: Params, key: string): number => {
  const value = params[key];
  if (typeof value !== 'number') throw new Error(`The parameter ${key} is no number.`);
  return value;
};
