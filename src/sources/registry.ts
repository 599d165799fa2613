import type { Source } from '../ports/source.ts';
import { arxivSnapshot } from './arxiv-snapshot.ts';
import { dailyPage } from './daily-page.ts';

/** Every source, in the order in which they are asked whether they recognise a file. */
export const SOURCES: readonly Source[] = [dailyPage, arxivSnapshot];
