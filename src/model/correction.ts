import type { Day } from '../kernel/day.ts';
import type { PaperId } from './paper.ts';

/** What turned out wrong about an edition after it was set. The edition itself stays as it was. */
export interface Correction {
  readonly date: Day;
  readonly paperId: PaperId | null;
  readonly kind: 'withdrawn' | 'merged' | 'note';
  /** One sentence for readers. */
  readonly says: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}
