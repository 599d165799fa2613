import type { Break, Claim, Evidence, Finding, Lab, Metric, Summary, Verdict } from './contract.ts';
import { evidenceOf, swapArms } from './evidence.ts';

/** Fewer seeds decide nothing. */
export const FEWEST_SEEDS = 3;

/** One comparison of an interval with a limit. `passes` is null where the interval lies on both sides of it. */
export interface Check {
  readonly passes: boolean | null;
  readonly says: string;
}

/** A number for a reader: three significant digits, no exponent where none is needed. */
export const plainNumber = (value: number): string => {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e6)) return String(Number(value.toPrecision(3)));
  return value.toExponential(1);
};

/** E.g. `0.98 (0.96 to 1)`: the mean and the 95 % interval. */
export const interval = ({ n, mean, ci95 }: Summary): string => {
  if (n === 0) return 'not measured';
  return n === 1
    ? `${plainNumber(mean)} (one seed)`
    : `${plainNumber(mean)} (${plainNumber(ci95[0])} to ${plainNumber(ci95[1])})`;
};

const ANSWER = { true: 'yes', false: 'no', null: 'not decided' } as const;

const check = (what: string, found: Summary, words: string, passes: boolean | null): Check => {
  const decided = found.n < FEWEST_SEEDS ? null : passes;
  return { passes: decided, says: `${what}: ${interval(found)}, ${words}: ${ANSWER[`${decided}`]}` };
};

/** Whether the whole interval lies above `limit`. */
export const above = (what: string, found: Summary, limit: number): Check => {
  const [low, high] = found.ci95;
  return check(what, found, `above ${plainNumber(limit)}`, low > limit ? true : high <= limit ? false : null);
};

/** Whether the whole interval lies below `limit`. */
export const below = (what: string, found: Summary, limit: number): Check => {
  const [low, high] = found.ci95;
  return check(what, found, `below ${plainNumber(limit)}`, high < limit ? true : low >= limit ? false : null);
};

/** Whether the whole interval lies from `low` to `high`, both included. */
export const within = (what: string, found: Summary, low: number, high: number): Check => {
  const [from, to] = found.ci95;
  const passes = from >= low && to <= high ? true : to < low || from > high ? false : null;
  return check(what, found, `from ${plainNumber(low)} to ${plainNumber(high)}`, passes);
};

const verdictOf = (checks: readonly Check[]): Verdict => {
  const passed = checks.filter(({ passes }) => passes === true).length;
  if (passed === checks.length) return checks.length === 0 ? 'inconclusive' : 'holds';
  if (passed > 0) return 'holds-in-part';
  return checks.every(({ passes }) => passes === false) ? 'does-not-hold-at-this-scale' : 'inconclusive';
};

/** All pass: it holds. Some: in part. None, and all are decided: it does not. Otherwise nothing is decided. */
export const judge = (...checks: readonly Check[]): Finding => ({
  verdict: verdictOf(checks),
  says: checks.map(({ says }) => says),
});

/** The same evidence, noting the fewest values that anything looked at rests on. */
const watched = (evidence: Evidence): { readonly evidence: Evidence; readonly fewest: () => number } => {
  let fewest = Number.POSITIVE_INFINITY;
  const note = (found: Summary): Summary => {
    fewest = Math.min(fewest, found.n);
    return found;
  };
  return {
    evidence: {
      ...evidence,
      summary: (...asked) => note(evidence.summary(...asked)),
      difference: (...asked) => note(evidence.difference(...asked)),
    },
    fewest: () => fewest,
  };
};

const findingOf = (claim: Claim, metrics: readonly Metric[]): Finding => {
  if ('untestable' in claim) return { verdict: 'cannot-be-tested-here', says: [claim.untestable] };
  if (metrics.length === 0) return { verdict: 'not-run', says: [] };
  const { evidence, fewest } = watched(evidenceOf(metrics));
  const finding = claim.test(evidence);
  if (fewest() === 0) return { ...finding, verdict: 'not-run' };
  return fewest() < FEWEST_SEEDS ? { ...finding, verdict: 'inconclusive' } : finding;
};

/** What a run says about every claim, by the claim's id. */
export const evaluate = (lab: Lab, metrics: readonly Metric[]): Readonly<Record<string, Finding>> =>
  Object.fromEntries(lab.claims.map((claim) => [claim.id, findingOf(claim, metrics)]));

/** How the mechanism is broken for a claim: by the break that names it. */
export const breakOf = ({ breaks }: Lab, claim: string): Break =>
  breaks.find(({ verdicts }) => claim in verdicts) ?? breaks[0];

/** The same with the mechanism broken: of the claims that can be tested, those that look at something that was measured then too. */
export const evaluateBroken = (lab: Lab, metrics: readonly Metric[]): Readonly<Record<string, Finding>> =>
  Object.fromEntries(
    lab.claims
      .filter((claim) => 'prediction' in claim)
      .map((claim) => [claim.id, findingOf(claim, swapArms(metrics, breakOf(lab, claim.id).swaps))] as const)
      .filter(([, { verdict }]) => verdict !== 'not-run'),
  );
