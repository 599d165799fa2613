/**
 * Elementary functions that give the same bits on every engine, where `Math.exp` and its like are left to the implementation.
 * Only + − × ÷, `Math.sqrt` and `Math.floor` are used, which IEEE 754 and ECMAScript fix. Within a few units in the last place
 * of the true value; subnormal results and the far tails of `erfc` aside. NaN in, NaN out.
 */
export { exp, expm1, log, log1p, sigmoid, tanh } from './exp-log.ts';
export { erf, erfc, normalCdf, normalDensity, normalQuantile } from './normal.ts';
export { pow } from './power.ts';
export { atan, cos, sin } from './trig.ts';

/** Math.sqrt, which is exactly rounded everywhere. */
export const sqrt = (x: number): number => Math.sqrt(x);
