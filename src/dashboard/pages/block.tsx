/** The page of one block: what it holds, what the members said about it, and what follows from that. */

import { useEffect, useState } from 'react';
import {
  AssetId,
  BlockId,
  Empty,
  Facts,
  Failure,
  Loading,
  Operation,
  Panel,
  PublicKey,
  PublicKeys,
  Status,
  Table,
  Time,
  TransactionId,
} from '../components/basics.js';
import { Heading } from '../components/page-frame.js';
import { Votes } from '../components/strip.js';
import { ask } from '../data/ask.js';
import { useQuery } from '../data/query-hooks.js';
import { href } from '../data/route.js';
import { counted, grouped, plainWords, sumOf } from '../data/words.js';
import {
  type BlockQuery,
  BlockText,
  type BlockTransactionsFragment,
  BlockTransactionsPageText,
} from '../generated/operations.js';

type Block = NonNullable<BlockQuery['block']>;

/** `block`: a height or an id. */
export function BlockPage({ block: wanted }: { readonly block: string }) {
  const height = /^\d{1,15}$/.test(wanted) ? Number(wanted) : null;
  const asked = height === null ? { id: wanted, height: null } : { id: null, height };
  const [open, setOpen] = useState(true);
  const { data, error, reload } = useQuery(BlockText, asked, { withHead: open });
  const block = data?.block ?? null;
  const decided = block !== null && (block.status !== 'UNDECIDED' || block.height === 0);
  useEffect(() => setOpen(!decided), [decided]);
  return (
    <>
      <div className="title-row">
        <Heading>{block === null ? 'Block' : `Block ${grouped(block.height)}`}</Heading>
        {block === null ? null : <Around block={block} />}
      </div>
      {error === null ? null : <Failure error={error} reload={reload} />}
      {data === null && error === null ? <Loading /> : null}
      {data !== null && block === null ? (
        <Empty>
          {height === null
            ? 'No node knows a block with this id. '
            : 'Nothing holds this height, or not yet. '}
          {height === null ? <a href={href.transaction(wanted)}>Look for a transaction with it.</a> : null}
          {height === null ? null : <a href={href.blocks}>To the list of blocks.</a>}
        </Empty>
      ) : null}
      {block === null ? null : <Whole key={block.id} block={block} />}
    </>
  );
}

function Around({ block: { height, status } }: { readonly block: Block }) {
  return (
    <div className="figures">
      {height === 0 ? <span className="status neutral">genesis</span> : <Status status={status} />}
      <nav className="around" aria-label="Blocks beside this one">
        {height === 0 ? null : <a href={href.block(height - 1)}>← {grouped(height - 1)}</a>}{' '}
        <a href={href.block(height + 1)}>{grouped(height + 1)} →</a>
      </nav>
    </div>
  );
}

function Whole({ block }: { readonly block: Block }) {
  const { election, creator } = block;
  return (
    <>
      <Panel title="Block">
        <Facts
          facts={[
            ['Id', <BlockId key="id" id={block.id} whole />],
            ['Made by', <PublicKey key="creator" id={creator.publicKey} link={false} />],
            ['Signed at', <Time key="signed" at={block.timestamp} />],
            ['Decided at', block.decidedAt == null ? 'not yet' : <Time key="decided" at={block.decidedAt} />],
            [
              'Block before',
              election.previousBlockId == null ? (
                'none'
              ) : (
                <BlockId key="before" id={election.previousBlockId} />
              ),
            ],
            ['Transactions', grouped(block.transactionCount)],
          ]}
        />
      </Panel>
      {block.height === 0 ? null : <Election block={block} />}
      <Transactions block={block} />
    </>
  );
}

function outcomeOf({ status, election }: Block): string {
  const { validVotes, invalidVotes, eligibleVoters, awaiting } = election;
  const members = counted(eligibleVoters, 'member');
  if (status === 'VALID')
    return `Valid: ${validVotes} of ${members} found it valid, which is more than half.`;
  if (status === 'INVALID')
    return `Invalid: ${invalidVotes} of ${members} did not find it valid, and half is enough for that. Its transactions are not lost: they wait for another block.`;
  return `Undecided: ${validVotes} of ${members} for it, ${invalidVotes} against, ${awaiting.length} not heard yet.`;
}

function Election({ block }: { readonly block: Block }) {
  const { votes, election } = block;
  const silent = election.awaiting.filter((key) => !votes.some((vote) => vote.node.publicKey === key));
  return (
    <Panel title="Election" aside={<Votes block={block} />}>
      <p className={block.status === 'INVALID' ? 'notice bad' : ''}>{outcomeOf(block)}</p>
      {votes.length === 0 ? (
        <Empty>No vote has arrived yet.</Empty>
      ) : (
        <Table caption="Votes about this block" head={['Member', 'Says', 'Counted as', 'Signed at']}>
          {votes.map((vote) => (
            <tr key={vote.signature}>
              <td>
                <PublicKey id={vote.node.publicKey} link={false} />
              </td>
              <td>
                <span className={`status ${vote.isBlockValid ? 'good' : 'bad'}`}>
                  {vote.isBlockValid ? 'valid' : 'invalid'}
                </span>{' '}
                {vote.invalidReason ?? ''}
              </td>
              <td>{standingOf(vote, election.previousBlockId ?? null)}</td>
              <td>{vote.timestamp == null ? '' : <Time at={vote.timestamp} />}</td>
            </tr>
          ))}
        </Table>
      )}
      {silent.length === 0 ? null : (
        <p className="quiet">
          {block.status === 'UNDECIDED' ? 'Waiting for' : 'Not heard'} <PublicKeys keys={silent} plain />
        </p>
      )}
    </Panel>
  );
}

function standingOf(vote: Block['votes'][number], previousBlockId: string | null): string {
  if (vote.late) return 'nothing: it came after the decision';
  if (vote.standing !== 'COUNTED') return plainWords(vote.standing);
  if (vote.isBlockValid && vote.previousBlockId !== previousBlockId)
    return 'against: it names another block before this one';
  return vote.isBlockValid ? 'for' : 'against';
}

type Page = BlockTransactionsFragment;

/** All transactions of the block: the first page came with it, the others follow one after the other. */
function useAllTransactions(block: Block): { readonly nodes: Page['nodes']; readonly failed: boolean } {
  const [more, setMore] = useState<Page['nodes']>([]);
  const [failed, setFailed] = useState(false);
  const { id, transactions } = block;
  const { hasNextPage, endCursor = null } = transactions.pageInfo;
  useEffect(() => {
    if (!hasNextPage) return;
    const ending = new AbortController();
    setMore([]);
    const load = async (): Promise<void> => {
      const found: Page['nodes'][number][] = [];
      for (let after = endCursor; after !== null; ) {
        const page: Page | undefined = (await ask(BlockTransactionsPageText, { id, after }, ending.signal))
          .block?.transactions;
        found.push(...(page?.nodes ?? []));
        after = page?.pageInfo.hasNextPage === true ? (page.pageInfo.endCursor ?? null) : null;
      }
      setMore(found);
    };
    load().catch(() => setFailed(!ending.signal.aborted));
    return () => ending.abort();
  }, [id, hasNextPage, endCursor]);
  return { nodes: more.length === 0 ? transactions.nodes : [...transactions.nodes, ...more], failed };
}

function Transactions({ block }: { readonly block: Block }) {
  const { nodes, failed } = useAllTransactions(block);
  const aside = counted(block.transactionCount, 'transaction');
  return (
    <Panel title="Transactions" aside={aside}>
      {nodes.length === 0 ? (
        <Empty>It holds no readable transaction.</Empty>
      ) : (
        <TransactionRows nodes={nodes} />
      )}
      {failed ? (
        <p className="notice bad">The rest could not be loaded. Reload the page to try again.</p>
      ) : null}
    </Panel>
  );
}

function TransactionRows({ nodes }: { readonly nodes: Page['nodes'] }) {
  return (
    <Table
      caption="Transactions of the block"
      head={[{ figures: 'Place' }, 'Transaction', 'Operation', 'Asset', { figures: 'Shares' }, 'To']}
    >
      {nodes.map((transaction, index) => (
        <tr key={transaction.id}>
          <td className="number">{transaction.position ?? index}</td>
          <td>
            <TransactionId id={transaction.id} plain />
          </td>
          <td>
            <Operation name={transaction.operation} />
          </td>
          <td>
            {transaction.asset.id === transaction.id ? 'itself' : <AssetId id={transaction.asset.id} plain />}
          </td>
          <td className="number">{grouped(sumOf(transaction.outputs.map(({ amount }) => amount)))}</td>
          <td>
            <PublicKeys keys={[...new Set(transaction.outputs.flatMap((each) => each.publicKeys))]} plain />
          </td>
        </tr>
      ))}
    </Table>
  );
}
