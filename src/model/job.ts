/** A piece of work that is not done yet. Times in milliseconds since 1970. */
export interface JobStanding {
  readonly kind: string;
  /** Which of its kind it is. */
  readonly key: string;
  readonly dueAt: number;
  /** Until when some process has it; 0 where none took it up. */
  readonly leaseUntil: number;
  /** How often it was taken up. */
  readonly attempts: number;
  /** Why it was last put off; null where it never was. */
  readonly error: string | null;
}
