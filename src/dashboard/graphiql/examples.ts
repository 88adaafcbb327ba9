/** The tabs that GraphiQL opens with: one example for each thing that people come for. */

export interface Example {
  readonly query: string;
  /** JSON. */
  readonly variables?: string;
}

const NO_ID = '0'.repeat(64);

export const EXAMPLES: readonly Example[] = [
  {
    query: `# The state of the ledger and its newest blocks. Run it with Ctrl+Enter.
query Ledger {
  ledger {
    height
    transactionCount
    assetCount
    backlog {
      count
    }
  }
  blocks(first: 5) {
    nodes {
      height
      id
      status
      transactionCount
      decidedAt
    }
  }
}
`,
  },
  {
    query: `# Every block when it is decided, as it happens. Give \`after\` the last cursor to go on without a gap.
subscription Blocks($after: Cursor) {
  blocks(after: $after) {
    cursor
    block {
      height
      id
      status
      transactionCount
    }
  }
}
`,
  },
  {
    query: `# The newest transactions; one by its id: transaction(id: …).
query Transactions {
  transactions(first: 10) {
    nodes {
      id
      operation
      decidedAt
      metadata
      outputs {
        amount
        publicKeys
        spent
      }
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
}
`,
  },
  {
    query: `# Ids, heights and public keys find what they name, words find assets.
query Search($text: String!) {
  search(text: $text) {
    __typename
    ... on Asset {
      assetId: id
      data
    }
    ... on Transaction {
      transactionId: id
      operation
    }
    ... on Account {
      publicKey
    }
  }
}
`,
    variables: '{ "text": "bicycle" }',
  },
  {
    query: `# A transaction's way: now, and at each change, until it is VALID or REJECTED.
subscription TransactionStatus($id: TransactionId!) {
  transactionStatus(id: $id) {
    status
    rejection {
      code
      message
    }
  }
}
`,
    variables: `{ "id": "${NO_ID}" }`,
  },
];
