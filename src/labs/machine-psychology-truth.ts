/** How often something was so, of the times it was looked at (`f`), and how much evidence stands behind that (`c`, below 1). */
export interface Truth {
  readonly f: number;
  readonly c: number;
}

/** What is reported to the system as having happened. */
export const REPORTED = 0.9;
const MOST_CONFIDENCE = 0.99;
/** By what an event's confidence is multiplied for every step since. */
const FADING = 0.8;

/** Confidence of an amount of evidence, in observations: w / (w + 1). */
export const confidenceOf = (evidence: number): number => evidence / (evidence + 1);
export const evidenceFor = (confidence: number): number => confidence / (1 - confidence);

/** Both pieces of evidence together, each weighed by its amount. */
export const revise = (a: Truth, b: Truth): Truth => {
  const [one, other] = [evidenceFor(a.c), evidenceFor(b.c)];
  const all = one + other;
  if (all === 0) return a;
  return { f: (one * a.f + other * b.f) / all, c: Math.min(MOST_CONFIDENCE, Math.max(confidenceOf(all), a.c, b.c)) };
};

export const deduce = (a: Truth, b: Truth): Truth => ({ f: a.f * b.f, c: a.c * b.c * a.f * b.f });

/** How far something is to be expected: 0.5 of what nothing is known of. */
export const expectation = ({ f, c }: Truth): number => c * (f - 0.5) + 0.5;

/** An event's confidence, `steps` later. */
export const fade = (confidence: number, steps: number): number => {
  let left = confidence;
  for (let step = 0; step < steps; step++) left *= FADING;
  return left;
};

/** What one observation says of “after this comes that”: two events of these confidences, then made a belief without a time. */
export const induce = (f: number, before: number, after: number): Truth => ({
  f,
  c: confidenceOf(confidenceOf(before * after)),
});
