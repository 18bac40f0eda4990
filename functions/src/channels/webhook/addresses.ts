import ipaddr from 'ipaddr.js';

/** Azure's platform address: publicly numbered, yet only a machine's own host answers there. */
const AZURE_PLATFORM = '168.63.129.16';
/** RFC 4291: the only part of IPv6 that is routed publicly. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * True for an address of the public internet. Private, loopback, link-local (cloud metadata), shared, unique-local, multicast,
 * documentation and reserved addresses are not; an IPv4 address inside an IPv6 one is judged by itself where it is mapped, and refused
 * where it is embedded for a translator or tunnel.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || parsed.toString() === AZURE_PLATFORM) return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}
