import { fail, ok, type Result } from '../kernel/result.ts';
import { DIGEST_CAPS, DIGEST_PARTS, type DigestPartName, type DigestWishes, READER_PARTS } from './digest.ts';
import { isZone } from './digest-times.ts';

const within = (n: number, least: number, most: number): boolean => Number.isInteger(n) && n >= least && n <= most;

/**
 * Wishes as they can be kept: days sorted and each once, a weekly digest on the first of them, parts in their order. `reader` says whether
 * it is for somebody with a library: parts that need one are left out otherwise.
 */
export const wishesOf = (
  wishes: DigestWishes,
  { reader }: { readonly reader: boolean },
): Result<DigestWishes, 'bad-input'> => {
  if (!within(wishes.hour, 0, 23)) return fail('bad-input', 'The hour is a number from 0 to 23.');
  if (!isZone(wishes.zone)) return fail('bad-input', 'That is no time zone: write it as Europe/Berlin.');
  if (!within(wishes.papers, 1, DIGEST_CAPS.papers))
    return fail('bad-input', `A digest has between 1 and ${DIGEST_CAPS.papers} papers.`);
  const days = [...new Set(wishes.days.filter((day) => within(day, 1, 7)))].sort((a, b) => a - b);
  const [first] = days;
  if (first === undefined) return fail('bad-input', 'Choose at least one day.');
  const parts: readonly DigestPartName[] = DIGEST_PARTS.filter(
    (part) => wishes.parts.includes(part) && (reader || !READER_PARTS.includes(part)),
  );
  if (parts.length === 0) return fail('bad-input', 'Choose at least one part.');
  return ok({
    rhythm: wishes.rhythm,
    hour: wishes.hour,
    zone: wishes.zone,
    days: wishes.rhythm === 'weekly' ? [first] : days,
    papers: wishes.papers,
    parts,
    whenEmpty: wishes.whenEmpty,
  });
};
