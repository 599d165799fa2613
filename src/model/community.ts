import type { ClaimsShown, ClaimWaiting } from './claim.ts';
import type { SubmissionShown, SubmissionWaiting } from './submission.ts';

/** What readers have to do with a paper, beside votes and letters. */
export interface PaperCommunity {
  readonly submissions: readonly SubmissionShown[];
  readonly claims: ClaimsShown;
}

/** What moderators have to decide, and may decide otherwise. */
export interface SubmitQueue {
  readonly waiting: readonly SubmissionWaiting[];
  readonly refused: readonly SubmissionWaiting[];
  readonly claims: readonly ClaimWaiting[];
  readonly decided: readonly ClaimWaiting[];
}
