const SAID =
  /\b(?:has|have|had|is|was|been|being)\s+(?:been\s+)?(?:(?:temporarily|voluntarily|now)\s+)?withdrawn\b|^withdrawn\b|\bwithdrawn (?:by|due|because)\b|\b(?:decided? to|hereby) withdraw\b/i;
const OF_ITSELF =
  /^.{0,40}\b(?:paper|article|submission|manuscript|preprint|work|draft|report|version|note)\b.{0,40}\b(?:has been|have been|is|was|being)\s+(?:\w+\s+)?withdrawn\b|^\W*withdrawn\b/i;

/**
 * arXiv marks a withdrawal in words only: the comments say so (`This paper has been withdrawn by the author`), or the
 * abstract has been replaced by a sentence that does.
 */
export const isWithdrawn = ({ note, abstract }: { note: string | null; abstract: string }): boolean =>
  (note !== null && SAID.test(note)) || OF_ITSELF.test(abstract.slice(0, 200));
