import type { Context } from 'hono';
import { networkOf, sameAddress } from '../kernel/network.ts';
import type { Edge, Env } from './edge.ts';

/**
 * Where a request comes from: the other end of the connection. Only where that is a proxy of the settings is
 * `X-Forwarded-For` asked, from its end, for the first address that is not such a proxy itself.
 */
export const clientOf = ({ config }: Pick<Edge, 'config'>, c: Context<Env>): string => {
  const isProxy = (address: string): boolean => config.proxies.some((proxy) => sameAddress(proxy, address));
  let client = c.env?.incoming?.socket.remoteAddress ?? '';
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
  while (isProxy(client) && hops.length > 0) client = hops.pop() || client;
  return client;
};

/** The same, as it is counted for limits. */
export const networkOfClient = (edge: Pick<Edge, 'config'>, c: Context<Env>): string => networkOf(clientOf(edge, c));
