/** GraphiQL over this node: queries by HTTP, subscriptions by graphql-ws, all from this origin. */

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws/client';
import { createRoot } from 'react-dom/client';
import { EXAMPLES } from './examples.js';
import 'graphiql/style.css';
import './page.css';

const url = new URL('/graphql', location.href);
const socketUrl = new URL(url);
socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';

const fetcher = createGraphiQLFetcher({
  url: url.href,
  wsClient: createClient({ url: socketUrl.href }),
});

const root = document.getElementById('graphiql');
if (root === null) throw new Error('the page has no place for GraphiQL');
createRoot(root).render(
  <GraphiQL fetcher={fetcher} defaultTabs={[...EXAMPLES]} isHeadersEditorEnabled={false}>
    <GraphiQL.Logo>
      <a className="home" href="/dashboard/">
        BigchainDB ledger
      </a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
