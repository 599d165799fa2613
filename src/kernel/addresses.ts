import ipaddr from 'ipaddr.js';

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
// Prefixes that carry an IPv4 address in their last 32 bits and stand for it: IPv4-mapped, and NAT64 with its well-known prefix.
const CARRIERS = [ipaddr.IPv6.parseCIDR('::ffff:0:0/96'), ipaddr.IPv6.parseCIDR('64:ff9b::/96')] as const;

const parsed = (address: string): InstanceType<typeof ipaddr.IPv4> | InstanceType<typeof ipaddr.IPv6> | null => {
  try {
    if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address);
    return ipaddr.IPv6.isValid(address) ? ipaddr.IPv6.parse(address) : null;
  } catch {
    return null;
  }
};

// A cloud's own service for its machines, at an address that looks public from everywhere else.
const CLOUD = '168.63.129.16';

const isPublic4 = (ip: InstanceType<typeof ipaddr.IPv4>): boolean =>
  ip.range() === 'unicast' && ip.toString() !== CLOUD;

/**
 * Whether an IP address, written as the system writes it, is public unicast. Loopback, private, shared (100.64/10),
 * link-local, multicast, documentation, benchmarking (198.18/15), IETF (192.0.0/24) and reserved (0/8, 240/4) addresses
 * are not, nor is IPv6 outside 2000::/3, nor are 6to4 and Teredo, which tunnel to any IPv4 address. IPv4-mapped and NAT64
 * addresses are what they carry. What is no IP address is not public.
 */
export const isPublicAddress = (address: string): boolean => {
  const ip = parsed(address);
  if (ip === null) return false;
  if (ip instanceof ipaddr.IPv4) return isPublic4(ip);
  if (CARRIERS.some((carrier) => ip.match(carrier))) return isPublic4(new ipaddr.IPv4(ip.toByteArray().slice(12)));
  return ip.zoneId === undefined && ip.match(GLOBAL_UNICAST) && ip.range() === 'unicast';
};

// Names that never lead outside (RFC 6761, 6762, 8375; `internal` is set aside by ICANN), whatever a resolver says.
const INSIDE = /(?:^|\.)(?:localhost|localdomain|local|internal|home\.arpa|onion|test|invalid)$/;

/** The host of an address as it is compared: lower case, without brackets and the dot at its end. */
export const hostOf = (url: URL): string =>
  url.hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');

/** Whether the host of an address may be asked for at all: a public IP address, or a name that can lead to one. */
export const isPublicHost = (url: URL): boolean => {
  const host = hostOf(url);
  const literal = url.hostname.startsWith('[') || ipaddr.IPv4.isValid(host);
  return literal ? isPublicAddress(host) : host !== '' && !INSIDE.test(host);
};

const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80');

/** Makes the test whether an address is one of the `host:port` that the operator lets through: exactly that host as written, exactly that port. */
export const allowance = (entries: readonly string[]): ((url: URL) => boolean) => {
  const allowed = new Set(
    entries.flatMap((entry) => {
      const at = entry.lastIndexOf(':');
      const url = URL.parse(`http://${entry.slice(0, at)}`);
      return url === null ? [] : [`${hostOf(url)} ${Number(entry.slice(at + 1))}`];
    }),
  );
  return (url) => allowed.has(`${hostOf(url)} ${portOf(url)}`);
};
