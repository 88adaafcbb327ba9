/** Where the reader is: the part of the address behind `#`, so that every page has an address and none needs a server. */

export type Route =
  | { readonly page: 'now' | 'federation' | 'node' }
  | { readonly page: 'blocks' }
  | { readonly page: 'compose'; readonly asset: string | null }
  | { readonly page: 'transaction' | 'asset'; readonly id: string }
  | { readonly page: 'block'; readonly block: string }
  | { readonly page: 'account'; readonly publicKey: string }
  | { readonly page: 'search'; readonly text: string }
  | { readonly page: 'unknown'; readonly path: string };

const HEX64 = /^[0-9a-f]{64}$/;
const HEIGHT = /^\d{1,15}$/;
const KEY = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

/** The route of a `location.hash`. */
export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [first = '', second = '', ...rest] = path.split('/').map(decoded);
  const unknown: Route = { page: 'unknown', path };
  if (rest.length > 0) return unknown;
  const parameters = new URLSearchParams(query);
  if (second === '') {
    if (first === '') return { page: 'now' };
    if (first === 'blocks' || first === 'federation' || first === 'node') return { page: first };
    if (first === 'compose') return { page: 'compose', asset: parameters.get('asset') };
    if (first === 'search') return { page: 'search', text: parameters.get('q') ?? '' };
    return unknown;
  }
  if (first === 'transactions' && HEX64.test(second)) return { page: 'transaction', id: second };
  if (first === 'assets' && HEX64.test(second)) return { page: 'asset', id: second };
  if (first === 'blocks' && (HEX64.test(second) || HEIGHT.test(second)))
    return { page: 'block', block: second };
  if (first === 'accounts' && KEY.test(second)) return { page: 'account', publicKey: second };
  return unknown;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const href = {
  now: '#/',
  blocks: '#/blocks',
  federation: '#/federation',
  node: '#/node',
  compose: '#/compose',
  transaction: (id: string) => `#/transactions/${id}`,
  asset: (id: string) => `#/assets/${id}`,
  block: (block: string | number) => `#/blocks/${block}`,
  account: (publicKey: string) => `#/accounts/${publicKey}`,
  search: (text: string) => `#/search?q=${encodeURIComponent(text)}`,
  composeTransfer: (asset: string) => `#/compose?asset=${asset}`,
} as const;

/** The page that a text of the search box names without doubt, else null. A 64-digit id may be of either kind. */
export function exactRoute(text: string): string | null {
  const words = text.trim();
  return HEIGHT.test(words) ? href.block(Number(words)) : null;
}
