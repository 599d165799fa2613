import type { Reader } from './reader.ts';

/** A reader as others see them. */
export type Person = Pick<Reader, 'handle' | 'name'>;
