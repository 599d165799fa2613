import type { Context } from 'hono';
import { OWNER, type Reader } from '../model/reader.ts';
import type { Edge, Env, WebDeps } from './edge.ts';
import { isLocal } from './guard-origin.ts';

const THE_OWNER: Reader = { id: OWNER, handle: 'owner', name: 'The owner', role: 'operator', createdAt: 0 };

/** The id that votes and lists are kept under; empty for nobody. */
export const readerIdOf = async (edge: Edge, c: Context<Env>): Promise<string> => (await edge.readerOf(c))?.id ?? '';

/** Who asks. Without accounts it is the owner, who sits at this machine, or nobody. */
export const readerOf =
  (_: WebDeps): Edge['readerOf'] =>
  async (c: Context<Env>): Promise<Reader | null> => {
    const known = c.get('reader');
    if (known !== undefined) return known;
    const reader = isLocal(c) ? THE_OWNER : null;
    c.set('reader', reader);
    return reader;
  };
