import { CATEGORIES } from '../model/category.ts';

/** arXiv's archives that belong to physics; all others are groups of their own. */
const PHYSICS = new Set(
  'astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th quant-ph'.split(' '),
);
const GROUPS = new Set('cs econ eess math physics q-bio q-fin stat'.split(' '));

/** `cs:cs:LG` → `cs.LG`, `physics:hep-th` → `hep-th`, `cs` → `cs`. */
export const categoryOfSet = (set: string): string => {
  const parts = set.split(':');
  return parts.slice(parts.length > 1 ? 1 : 0).join('.');
};

/**
 * The OAI set of what a person writes: a set as it is (`math:math:MP`), a group (`cs`), an archive (`hep-th` →
 * `physics:hep-th`) or a category (`cs.LG` → `cs:cs:LG`); null for what arXiv has no set of.
 */
export const setFor = (text: string): string | null => {
  if (text.includes(':')) return /^[a-z-]+(?::[A-Za-z-]+){1,2}$/.test(text) ? text : null;
  const [archive = '', subject] = text.split('.');
  if (subject === undefined && GROUPS.has(archive)) return archive;
  const group = PHYSICS.has(archive) ? 'physics' : GROUPS.has(archive) ? archive : null;
  if (group === null || !Object.hasOwn(CATEGORIES, text)) return null;
  return subject === undefined ? `${group}:${archive}` : `${group}:${archive}:${subject}`;
};

/** Whether a feed or a query can be asked for it: an archive or a category of today. */
export const isCategory = (text: string): boolean => !text.includes(':') && setFor(text) !== null;
