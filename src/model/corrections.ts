const WORD = /[\p{L}\p{N}]+/gu;

/** A text with its mistyped words replaced by what they are taken for; `typed` in lower case. All else stays as it is. */
export const withCorrections = (
  text: string,
  corrected: readonly (readonly [typed: string, taken: string])[],
): string => {
  if (corrected.length === 0) return text;
  const taken = new Map(corrected);
  return text.replace(WORD, (word) => taken.get(word.toLowerCase()) ?? word);
};
