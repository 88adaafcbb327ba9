/** The frame of every page: header, search box, live state, and the page that the address names. */

import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Heading, PageNet } from './components/page-frame.js';
import { useLiveState, useRoute } from './data/hooks.js';
import { ledgerFeed } from './data/ledger-feed.js';
import { exactRoute, href, type Route } from './data/route.js';
import { AccountPage } from './pages/account.js';
import { AssetPage } from './pages/asset.js';
import { BlockPage } from './pages/block.js';
import { BlocksPage } from './pages/blocks.js';
import { ComposePage } from './pages/compose.js';
import { FederationPage } from './pages/federation.js';
import { NodePage } from './pages/node.js';
import { NowPage } from './pages/now.js';
import { SearchPage } from './pages/search.js';
import { TransactionPage } from './pages/transaction.js';

export function App() {
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  useEffect(() => ledgerFeed.start(), []);
  useNewPage(route, main);
  return (
    <>
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <Header route={route} />
      <main ref={main} tabIndex={-1}>
        <PageNet key={keyOf(route)}>
          <Page route={route} />
        </PageNet>
      </main>
      <footer>
        <span>Keys that you make or paste here never leave this browser.</span>
        <a href="/graphql/schema.graphql">GraphQL schema</a>
      </footer>
    </>
  );
}

/** A new page begins at its top, and screen readers are told where they are. */
function useNewPage(route: Route, main: { readonly current: HTMLElement | null }): void {
  const key = keyOf(route);
  const shown = useRef(key);
  useEffect(() => {
    if (shown.current === key) return;
    shown.current = key;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [key, main]);
}

function keyOf(route: Route): string {
  return Object.values(route).join(' ');
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'now':
      return <NowPage />;
    case 'blocks':
      return <BlocksPage />;
    case 'federation':
      return <FederationPage />;
    case 'node':
      return <NodePage />;
    case 'compose':
      return <ComposePage asset={route.asset} />;
    case 'transaction':
      return <TransactionPage key={route.id} id={route.id} />;
    case 'asset':
      return <AssetPage key={route.id} id={route.id} />;
    case 'block':
      return <BlockPage key={route.block} block={route.block} />;
    case 'account':
      return <AccountPage key={route.publicKey} publicKey={route.publicKey} />;
    case 'search':
      return <SearchPage text={route.text} />;
    case 'unknown':
      return <UnknownPage path={route.path} />;
  }
}

function UnknownPage({ path }: { readonly path: string }) {
  return (
    <>
      <Heading>No such page</Heading>
      <p className="lead">
        Nothing is at <code>{path}</code>. Ids have 64 hexadecimal digits; the search box above finds them,
        and heights, public keys and words too.
      </p>
      <p>
        <a href={href.now}>To the newest blocks</a>
      </p>
    </>
  );
}

const PAGES: readonly (readonly [string, string, readonly Route['page'][]])[] = [
  ['Now', href.now, ['now']],
  ['Blocks', href.blocks, ['blocks', 'block']],
  ['Federation', href.federation, ['federation']],
  ['Node', href.node, ['node']],
  ['Compose', href.compose, ['compose']],
];

function Header({ route }: { readonly route: Route }) {
  return (
    <header className="site">
      <a className="brand" href={href.now}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M3 7.5 12 3l9 4.5v9L12 21l-9-4.5z M3 7.5l9 4.5 9-4.5 M12 12v9" />
        </svg>
        <span>Ledger</span>
      </a>
      <nav aria-label="Pages">
        {PAGES.map(([name, to, pages]) => (
          <a key={name} href={to} aria-current={pages.includes(route.page) ? 'page' : undefined}>
            {name}
          </a>
        ))}
        <a href="/graphiql">GraphiQL</a>
      </nav>
      <SearchBox text={route.page === 'search' ? route.text : ''} />
      <LiveMark />
    </header>
  );
}

function SearchBox({ text }: { readonly text: string }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const words = typed.trim();
    if (words !== '') location.hash = exactRoute(words) ?? href.search(words);
  };
  return (
    <search>
      <form className="search" onSubmit={submit}>
        <input
          type="search"
          aria-label="Search: id, height, public key or words"
          placeholder="Id, height, public key or words"
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
    </search>
  );
}

const LIVE_WORDS = { connecting: 'Connecting', live: 'Live', paused: 'Live paused' } as const;

function LiveMark() {
  const state = useLiveState();
  const title = state === 'paused' ? 'The connection to the node is lost. It goes on by itself.' : undefined;
  return (
    <span className="live" data-live={state} role="status" title={title}>
      {LIVE_WORDS[state]}
    </span>
  );
}
