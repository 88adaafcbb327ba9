/**
 * Every bound of the node in one place. LEDGER limits are rules of judgement: equal on every node, for ever.
 * DOOR limits are what this node takes from clients and may be set stricter or wider by its operator.
 */

/** Rules of the ledger: a voter applies exactly these. */
export const LEDGER = {
  /** The version of these rules and of how blocks are judged; `federation.changes` may name it. */
  rulesVersion: 1,
  /** Canonical UTF-8 bytes of one transaction. */
  transactionBytesMax: 1024 * 1024,
  jsonDepthMax: 512,
  /** Digits of one JSON integer; reading and printing it takes time with the square of them. */
  integerDigitsMax: 4096,
  /** 1.0.1: 99 thresholds around a leaf parse, 100 raise ThresholdTooDeep. */
  thresholdDepthMax: 99,
  /** 1.0.1: the schema's bound of one threshold. */
  thresholdMax: 100,
  blockTransactionsMax: 1000,
  /** UTF-8 bytes of the hashed text of a block. */
  blockBytesMax: 12 * 1024 * 1024,
  /** 1.0.1: amount of one output. */
  amountMax: 9_000_000_000_000_000_000n,
} as const;

/** What a node holds in memory or does at a time. */
export const BOUNDS = {
  /** A creator claims nothing while this many heights are undecided (architecture, section 4, rule 1). */
  undecidedHeightsToClaim: 4,
  /** Blocks above the last decided height that are kept in memory; more wait in the store. */
  pendingHeightsMax: 64,
  /** Blocks that an import from 1.0.x keeps undecided; the transactions of further ones go to the backlog only. */
  importedUndecidedMax: 32,
  /** Backlog entries this node takes before it answers BACKLOG_FULL. */
  backlogEntriesMax: 50_000,
  backlogBytesMax: 96 * 1024 * 1024,
  /** Transactions whose checks are queued; beyond it doors answer 503. */
  checksQueuedMax: 20_000,
  /** Verified votes kept per block and voter, and votes in one page of a block's. */
  votesPerVoterMax: 16,
  votesPerHeightRead: 1000,
  /** Votes of no standing that are kept beside them, as evidence. */
  ineligibleVotesKept: 64,
  rejectionsRead: 1000,
  /** Decided heights in one commit of the view, and backlog entries in one delete. */
  heightsPerCommit: 8,
  /** Decided heights whose late votes are still looked for, and late votes in one write. */
  lateVoteHeights: 32,
  lateVotesPerWrite: 1000,
  clearBatch: 1000,
  /** Outputs of valid transactions that are remembered for those who spend them. */
  outputsRemembered: 50_000,
  /** Transaction ids in one fresh look at the store. */
  idsPerLook: 1000,
  /** Digests of known transactions that accompany a block to its check, so that their signatures are not verified twice. */
  knownDigestsPerBlock: 5000,
  /** Public keys, and conditions of single keys, that are remembered decoded (two generations of each). */
  keysCachedMax: 8192,
  conditionsCachedMax: 8192,
} as const;

/** Defaults of the doors' settings. */
export const DOOR = {
  transactionBytesMax: 256 * 1024,
  signaturesMax: 1000,
  requestBytesMax: 8 * 1024 * 1024,
  transactionsPerSubmitMax: 100,
} as const;

/** Bounds of the HTTP listeners. Times bound what a slow or silent client can hold. */
export const WEB = {
  headersTimeoutMs: 10_000,
  /** From the first byte of a request to the last byte of its body. */
  requestTimeoutMs: 60_000,
  /** Longer than the 60 s for which common reverse proxies keep their idle connections. */
  keepAliveTimeoutMs: 65_000,
  connectionsCheckingIntervalMs: 2_000,
  headerBytesMax: 16 * 1024,
  /** gunicorn, in front of 1.0.1, takes 100 too. */
  headersMax: 100,
  requestsPerSocketMax: 1_000_000,
  connectionsMax: 10_000,
  /** Time for active requests to finish when the node stops. */
  drainMs: 8_000,
} as const;

/** Bounds of the rate limit by client address, when one is set. */
export const RATE = {
  burst: 100,
  /** Clients of one generation that are remembered; two generations are, about 150 bytes each. */
  clientsMax: 20_000,
  /** Entries of an X-Forwarded-For that are looked at, from the right. */
  forwardedMax: 32,
} as const;

/** Bounds of the management listener. */
export const MANAGEMENT = {
  requestBytesMax: 4 * 1024,
  tokenCharactersMin: 16,
} as const;

/** Bounds of the legacy event stream. */
export const STREAM = {
  subscribersMax: 10_000,
  /** Bytes waiting for one subscriber; beyond it the subscriber is closed as too slow. */
  bufferedBytesMax: 4 * 1024 * 1024,
  /** A client has nothing to say here; 1.0.1 reads and ignores it. */
  messageBytesMax: 16 * 1024,
  heartbeatMs: 30_000,
  /** Time for a subscriber to take its closing frame before the connection is cut. */
  closeMs: 5_000,
  /** Subscribers served, and transactions prepared, between two turns of the event loop. */
  subscribersPerTurn: 100,
  transactionsPerTurn: 250,
} as const;

/** Bounds of the REST answers. */
export const REST = {
  /** An answer up to this size is sent whole with its Content-Length; a longer one is streamed. */
  wholeAnswerBytesMax: 64 * 1024,
  /** Rows taken from the view at a time: at first, at most, and by their size. */
  rowsInFirstPage: 20,
  rowsPerPage: 200,
  pageBytes: 1024 * 1024,
} as const;

/** Defaults of the GraphQL door's settings; `serviceConfig` shows them to clients. */
export const GRAPHQL = {
  documentBytesMax: 100_000,
  tokensMax: 2000,
  depthMax: 15,
  /** Of operations that ask about the schema itself: the usual introspection query is 16 deep. */
  introspectionDepthMax: 20,
  aliasesMax: 30,
  directivesMax: 50,
  rootFieldsMax: 10,
  /** Fields in one selection, fragments spread, and how often one name may stand among them. */
  selectionFieldsMax: 100,
  repeatedFieldsMax: 10,
  costMax: 10_000,
  pageSizeDefault: 20,
  pageSizeMax: 100,
  subscriptionsPerConnectionMax: 100,
  /** Time for a query; a mutation has as much besides what it was asked to wait. */
  operationTimeoutMs: 10_000,
} as const;

/** Fixed bounds of the GraphQL door. */
export const GRAPHQL_DOOR = {
  /** Weight of all documents that are kept parsed: a token, or 50 characters of text, weighs 1 (about 250 bytes). */
  documentsWeightMax: 100_000,
  /** How long a submission waits for a decision: by default, and at most. */
  waitMsDefault: 10_000,
  waitMsMax: 30_000,
  /** A transaction that nobody knows may still be on its way for this long. */
  unknownTransactionMs: 5_000,
  /** Entries of a list that a query costs when the document does not say how many it asks for. */
  assumedListSize: 5,
  /** Keys of one batch of a DataLoader. */
  keysPerLookUpMax: 200,
  /** Rows of the view behind one page of a replay, and heights between two turns of the event loop. */
  replayRows: 100,
  replayHeights: 50,
  /** Heights whose transactions are kept parsed for the subscribers that follow the head. */
  heightsSharedMax: 16,
  /** Payloads kept for subscribers that ask for the same: bytes, and batches of at most `replayRows` payloads. */
  sharedBytesMax: 8 * 1024 * 1024,
  sharedBatchesMax: 64,
  /** Batches handed to sockets in one turn of the event loop. */
  batchesPerTurn: 100,
  /** How often what has no event of its own is looked at: claims of blocks, the state of one transaction. */
  changeLookMs: 250,
  /** The same for the backlog, and for rejections besides their event. */
  backlogLookMs: 1_000,
  /** The same for votes that come after the decision, over this many heights below the head. */
  lateVoteLookMs: 2_000,
  lateVoteHeights: 32,
  /** Conditions in a payload filter, and how deep they nest. */
  filterConditionsMax: 20,
  filterDepthMax: 5,
  searchTextMax: 200,
  searchHitsMax: 50,
  provenanceStepsMax: 500,
  provenanceDepthMax: 100,
  /** Evidence shown per member. */
  evidenceMax: 20,
  sockets: {
    max: 5_000,
    initTimeoutMs: 5_000,
    /** An idle socket is asked this often whether it is still there. */
    keepAliveMs: 30_000,
    /** What may wait in a socket that is read too slowly; beyond it the socket is closed. */
    bufferedBytesMax: 4 * 1024 * 1024,
    /** Of a batch of payloads, about so much is handed to the socket at a time. */
    partBytes: 256 * 1024,
    /** A subscriber that has taken nothing for this long is closed. */
    stalledMs: 30_000,
    operationIdMax: 128,
    /** Messages of one socket that may be in work at a time. */
    messagesInWorkMax: 200,
    closeMs: 5_000,
  },
} as const;

/** Bounds of the view and of what a query may ask of it. */
export const VIEW = {
  /** Rows of one page of a list. */
  pageRowsMax: 1000,
  /** Rows that one query reads and compares without an index; about 100 ms of work. */
  scanRowsMax: 20_000,
  /** Queries that wait for their turn; each may take 100 ms. */
  queriesQueuedMax: 500,
  /** Rows that are counted one by one for a total. */
  countMax: 10_000,
  /** Hits that can be paged through by relevance. */
  searchHitsMax: 1000,
  /** Words and phrases of a search that are looked for; the rest is ignored. */
  searchTermsMax: 64,
  /** Keys in one look-up of many. */
  keysPerLookupMax: 1000,
  filterConditionsMax: 20,
  filterDepthMax: 5,
  /** Paths that may be indexed for payload filters. */
  payloadIndexesMax: 64,
  /** Memory for pages of the file: the connection that writes, and each that reads. */
  writeCacheBytes: 24 * 1024 * 1024,
  readCacheBytes: 4 * 1024 * 1024,
  /** Pages of 4 KiB in the write-ahead log after which they are folded into the file. */
  checkpointPages: 16_384,
  /** Changes of an index that wait to be taken into its table; 24 bytes each. */
  pendingChangesMax: 300_000,
  /** Outputs of recent transactions kept in memory, because most spends are of recent outputs. */
  recentTransactionsMax: 20_000,
} as const;

/** Bounds of the MongoDB store. */
export const MONGODB = {
  /** Time that a server may take for one command (`maxTimeMS`), and that the members may take to confirm it. */
  operationMs: 5_000,
  /** A socket that has been silent for this long in a command is given up. */
  socketMs: 10_000,
  /** A call of the port that needs more than one command, its repetitions included. */
  callMs: 20_000,
  connectionsMax: 20,
  /** Facts in one command. */
  batchMax: 1_000,
  /** Entries of several callers that go into one batch. */
  mergedMax: 2_000,
  /** Text that one answer carries at most, beyond its first fact. */
  backlogReadBytes: 16 * 1024 * 1024,
  blocksReadBytes: 32 * 1024 * 1024,
  /** A writer that took a backlog position has used it by then, or never does. */
  positionSettledMs: 10_000,
  /** Positions not seen yet, in ranges, that later reads come back to. */
  positionGapsMax: 64,
  /** Attempts to find a free position among others who write rejections. */
  rejectionAttemptsMax: 50,
  /** Own deletions whose echo in the feed is awaited. */
  deletionsKnownMax: 20_000,
  /** How long the feed waits at the server for a change, and before it is opened again after an error. */
  feedAwaitMs: 500,
  feedRetryMs: 1_000,
} as const;
