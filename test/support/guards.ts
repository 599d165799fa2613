import { SECURITY_HEADERS } from '../../src/web/guard-headers.ts';
import { LAB_FRAME_HEADERS } from '../../src/web/lab-frame.ts';

const POLICY = 'content-security-policy';

/** The headers that an answer of an address wears: the same for all, but for the labs, which run in a frame of their own. */
export const guardsOf = (address: string): Readonly<Record<string, string>> => {
  if (address === '/labs/frame') return { ...SECURITY_HEADERS, [POLICY]: LAB_FRAME_HEADERS[POLICY] ?? '' };
  return /^\/labs\/[^/]+$/.test(address)
    ? { ...SECURITY_HEADERS, [POLICY]: `${SECURITY_HEADERS[POLICY]}; frame-src 'self'` }
    : SECURITY_HEADERS;
};
