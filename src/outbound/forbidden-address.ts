import ipaddr from 'ipaddr.js';

/** All that is handed out to the public of IPv6; what embeds IPv4 addresses lies outside, or has a range of its own. */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Why the server sends nothing to this address: it is none of the public internet. Null when it is, or allowed.
 * @param address an IPv4 or IPv6 address without brackets
 * @param allowed networks as `10.0.0.0/8`
 */
export function forbiddenAddress(address: string, allowed: readonly string[] = []): string | null {
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (allowed.some((network) => isWithin(parsed, network))) return null;
  if (range === 'loopback' || range === 'unspecified') return 'Requests to localhost are not allowed';
  if (range === 'linkLocal') return 'Requests to the link local network are not allowed';
  const isPublic = range === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(PUBLIC_IPV6));
  return isPublic ? null : 'Requests to the local network are not allowed';
}

/** Whether the text is a network, as `10.0.0.0/8` or `fd00::/8`. */
export const isNetwork = (text: string): boolean => ipaddr.isValidCIDR(text);

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [base, bits] = ipaddr.parseCIDR(network);
  return address.kind() === base.kind() && address.match(base, bits);
}
