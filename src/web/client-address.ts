/**
 * Whose request it is: the address behind the connection, or, where a trusted proxy stands in between, the one that the
 * proxy names. `X-Forwarded-For` is read from the right, because only what trusted proxies wrote themselves is true:
 * whatever a client writes into it stands further to the left.
 */

import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { RATE } from '../config/limits.js';

/** A network: `prefix` leading bits of `address`. */
export interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

export class ClientAddresses {
  private readonly trusted: BlockList | null;

  constructor(trustedProxies: readonly Network[]) {
    this.trusted = trustedProxies.length === 0 ? null : new BlockList();
    for (const { address, prefix, family } of trustedProxies)
      this.trusted?.addSubnet(address, prefix, family);
  }

  /**
   * A name for the client: its IPv4 address, or the first 64 bits of its IPv6 address, since a customer has at least so
   * much and may change the rest at will.
   */
  of(request: IncomingMessage): string {
    const peer = plainAddress(request.socket.remoteAddress ?? '');
    if (this.trusted === null) return clientName(peer);
    return clientName(this.behindProxies(peer, request.headers['x-forwarded-for']));
  }

  /** Leftwards past every trusted proxy. What is no address ends the walk: it says nothing about who came before. */
  private behindProxies(peer: string, forwarded: string | string[] | undefined): string {
    const list = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
    if (list === undefined) return peer;
    const hops = list.split(',').slice(-RATE.forwardedMax);
    let client = peer;
    for (let hop = hops.pop(); hop !== undefined && this.isTrusted(client); hop = hops.pop()) {
      const address = plainAddress(withoutPort(hop.trim()));
      if (isIP(address) === 0) break;
      client = address;
    }
    return client;
  }

  private isTrusted(address: string): boolean {
    const version = isIP(address);
    if (version === 0 || this.trusted === null) return false;
    return this.trusted.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }
}

/** Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(hop)?.[1];
  if (bracketed !== undefined) return bracketed;
  return /^[0-9.]+:[0-9]+$/.test(hop) ? hop.slice(0, hop.indexOf(':')) : hop;
}

/** Without the zone of an IPv6 address, and an IPv4 address in IPv6 dress as what it is. */
function plainAddress(address: string): string {
  const zone = address.indexOf('%');
  const bare = zone === -1 ? address : address.slice(0, zone);
  const dressed = /^::ffff:([0-9.]+)$/i.exec(bare)?.[1];
  return dressed !== undefined && isIPv4(dressed) ? dressed : bare;
}

function clientName(address: string): string {
  return isIP(address) === 6 ? networkOf(address) : address;
}

/** The first four groups of an IPv6 address, without leading zeros. */
function networkOf(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    // A dotted IPv4 tail stands for two groups; `::` for as many zeros as are missing.
    const after = tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0);
    while (groups.length < 8 - after && groups.length < 4) groups.push('0');
    if (groups.length < 4) groups.push(...tail.split(':'));
  }
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
