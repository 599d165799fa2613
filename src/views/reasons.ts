import { type Day, daysBetween } from '../kernel/day.ts';
import type { Why } from '../model/placing.ts';
import { count, number } from './dates.ts';

const NOUNS: Readonly<Record<string, readonly [one: string, more: string]>> = {
  upvotes: ['upvote', 'upvotes'],
  comments: ['comment', 'comments'],
  citations: ['citation', 'citations'],
  influentialCitations: ['influential citation', 'influential citations'],
  references: ['reference', 'references'],
  stars: ['star', 'stars'],
};

/** `12 upvotes`, `1 citation`; a count without a name of its own is told by the source's: `github_stars: 3`. */
export const signalText = (name: string, value: number): string => {
  const nouns = NOUNS[name];
  return nouns ? count(value, ...nouns) : `${name}: ${number(value)}`;
};

const joined = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Why a paper stands where it stands: `By 4 votes, 12 upvotes elsewhere and its code, 2 days old`. */
export const whyText = ({ votes, upvotes, comments, code, published, submitted }: Why, date: Day): string => {
  const parts = [
    ...(votes > 0 ? [count(votes, 'vote')] : []),
    ...(upvotes > 0 ? [`${count(upvotes, 'upvote')} elsewhere`] : []),
    ...(comments > 0 ? [`${count(comments, 'comment')} elsewhere`] : []),
    ...(code ? ['its code'] : []),
    ...(submitted === null ? [] : ['a reader’s submission']),
  ];
  const since = submitted !== null && submitted > (published ?? '') ? submitted : published;
  const days = since === null ? null : daysBetween(since, date);
  const age = days === null ? 'of unknown age' : days <= 1 ? 'new' : `${count(days, 'day')} old`;
  return parts.length === 0 ? `By lot among papers without votes yet, ${age}` : `By ${joined(parts)}, ${age}`;
};
