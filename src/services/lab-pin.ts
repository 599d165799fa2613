import { createHash } from 'node:crypto';
import type { Lab } from '../labs/contract.ts';

/** A fingerprint of all that decides what a lab's verdicts will be, white space apart: 32 hex digits. */
export const pinOf = ({ claims, breaks: [ablation] }: Lab): string => {
  const predicates = claims.map((claim) => [
    claim.id,
    claim.quote,
    ...('prediction' in claim ? [claim.prediction, claim.test.toString().replaceAll(/\s+/g, ' ')] : [claim.untestable]),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([predicates, ablation.verdicts]))
    .digest('hex')
    .slice(0, 32);
};
