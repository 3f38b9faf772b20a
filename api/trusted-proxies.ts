/** Which senders are proxies of the operator's own, whose word on where a request came from is believed. */
import { BlockList, isIP } from 'node:net';
import type { Settings } from '../core/settings.ts';

export type IsTrusted = (address: string) => boolean;

/** Asked at every request: one for each list. */
const made = new WeakMap<readonly string[], IsTrusted>();

/** @param settings their `trustedProxies` were checked by its schema. */
export function trustedProxies({
  trustedProxies: entries,
}: Pick<Settings, 'trustedProxies'>): IsTrusted {
  const known = made.get(entries);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  const isTrusted: IsTrusted = (address) => {
    // How a socket of both families spells an IPv4 address.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  };
  made.set(entries, isTrusted);
  return isTrusted;
}
