/** Which addresses belong to the internet, and not to this machine, its network, or to nobody. */
import { BlockList, isIP } from 'node:net';

/** By the registries of special-purpose addresses, RFC 6890 and what came after it. */
const SPECIAL = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  SPECIAL.addSubnet(network, bits, 'ipv4');
}

/** Of IPv6 only this was ever given out. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
/** Parts of it that lead elsewhere, or carry an IPv4 address of any kind. */
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  SPECIAL.addSubnet(network, bits, 'ipv6');
}

/** @param address an IPv4 or IPv6 address without brackets; false for what is none */
export function isPublicAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 4) return !SPECIAL.check(plain, 'ipv4');
  return family === 6 && GLOBAL.check(plain, 'ipv6') && !SPECIAL.check(plain, 'ipv6');
}
