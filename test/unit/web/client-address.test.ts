/**
 * Danger: a client that chooses whom it is taken for, or one that has as many addresses as it likes. Method: requests
 * with every kind of peer and header, and the name they get.
 */
import type { IncomingMessage } from 'node:http';
import { ClientAddresses, type Network } from '../../../src/web/client-address.js';

const PROXIES: readonly Network[] = [
  { address: '10.0.0.0', family: 'ipv4', prefix: 8 },
  { address: 'fd00::', family: 'ipv6', prefix: 8 },
];

function nameOf(remoteAddress: string | undefined, forwarded?: string, proxies = PROXIES): string {
  const request = { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } };
  return new ClientAddresses(proxies).of(request as object as IncomingMessage);
}

test.each<[string, string | undefined, string | undefined, string]>([
  ['a direct client', '192.0.2.1', undefined, '192.0.2.1'],
  ['a direct client that claims to be another', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['a client behind one proxy', '10.1.2.3', '192.0.2.1', '192.0.2.1'],
  ['a client behind one proxy that claims to be another', '10.1.2.3', '198.51.100.7, 192.0.2.1', '192.0.2.1'],
  ['a client behind two proxies', '10.1.2.3', '192.0.2.1, 10.9.9.9', '192.0.2.1'],
  ['one that names a trusted proxy itself', '10.1.2.3', '10.7.7.7, 192.0.2.1, 10.9.9.9', '192.0.2.1'],
  ['a proxy that names nobody', '10.1.2.3', undefined, '10.1.2.3'],
  ['nothing but proxies', '10.1.2.3', '10.2.2.2, 10.3.3.3', '10.2.2.2'],
  ['junk before the last proxy', '10.1.2.3', 'unknown, 10.3.3.3', '10.3.3.3'],
  ['junk from the client', '10.1.2.3', '<script>, 192.0.2.1', '192.0.2.1'],
  ['an empty header', '10.1.2.3', '', '10.1.2.3'],
  ['an address with a port', '10.1.2.3', '192.0.2.1:4711', '192.0.2.1'],
  ['a bracketed address with a port', '10.1.2.3', '[2001:db8:1:2::5]:4711', '2001:db8:1:2::/64'],
  ['IPv4 in IPv6 dress', '::ffff:192.0.2.1', undefined, '192.0.2.1'],
  ['a proxy in IPv6 dress', '::ffff:10.1.2.3', '192.0.2.1', '192.0.2.1'],
  ['a proxy with an IPv6 address', 'fd12::1', '2001:db8::1', '2001:db8:0:0::/64'],
  ['an IPv6 address in full', '2001:0db8:0001:0002:0003:0004:0005:0006', undefined, '2001:db8:1:2::/64'],
  ['an IPv6 address with its zeros at the end', '2001:db8:1::', undefined, '2001:db8:1:0::/64'],
  ['an IPv6 address with few zeros left out', '1::3:4:5:6:7:8', undefined, '1:0:3:4::/64'],
  ['an IPv6 address with a zone', 'fe80::1%eth0', undefined, 'fe80:0:0:0::/64'],
  ['an IPv6 address with an IPv4 tail', '2001:db8::ffff:192.0.2.1', undefined, '2001:db8:0:0::/64'],
  ['the loopback', '::1', undefined, '0:0:0:0::/64'],
  ['a socket that is gone', undefined, '192.0.2.1', ''],
])('%s', (_name, peer, forwarded, expected) => {
  expect(nameOf(peer, forwarded)).toBe(expected);
});

test('all addresses of one network are one client, those of the next are another', () => {
  expect(nameOf('2001:db8:1:2:ffff::1')).toBe(nameOf('2001:db8:1:2::9'));
  expect(nameOf('2001:db8:1:3::9')).not.toBe(nameOf('2001:db8:1:2::9'));
});

test('a header is read so far and no further', () => {
  const hops = [
    ...Array.from({ length: 5000 }, () => '192.0.2.1'),
    ...Array.from({ length: 31 }, () => '10.0.0.1'),
  ];
  expect(nameOf('10.1.2.3', hops.join(','))).toBe('192.0.2.1');
  expect(nameOf('10.1.2.3', [...hops, '10.0.0.1'].join(','))).toBe('10.0.0.1');
});
