import { slug } from './text.ts';

/** Words that already stand for a page below `/papers/`. */
const RESERVED = new Set(['date', 'week', 'month', 'trending', 'submit', 'search']);

/** The id of a paper that came without one: its title as a slug of at most 80 characters, never a page's own name. */
export const slugOf = (title: string): string => {
  const name = slug(title);
  return RESERVED.has(name) ? `${name}-paper` : name;
};
