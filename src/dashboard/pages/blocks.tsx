/** The list of blocks, the newest first. */

import { useEffect, useState } from 'react';
import { BlockId, Empty, Failure, Loading, PublicKey, Status, Table, Time } from '../components/basics.js';
import { Heading } from '../components/page-frame.js';
import { Votes } from '../components/strip.js';
import { MoreButton } from '../components/transaction-table.js';
import { useQuery } from '../data/query-hooks.js';
import { href } from '../data/route.js';
import { grouped } from '../data/words.js';
import { BlockListText, type BlockStatus, type StripBlockFragment } from '../generated/operations.js';

const CHOICES: readonly (readonly [BlockStatus | null, string])[] = [
  [null, 'All'],
  ['VALID', 'Valid'],
  ['INVALID', 'Invalid'],
];

export function BlocksPage() {
  const [status, setStatus] = useState<BlockStatus | null>(null);
  return (
    <>
      <div className="title-row">
        <Heading>Blocks</Heading>
        <div className="choice">
          {CHOICES.map(([each, words]) => (
            <button key={words} type="button" aria-pressed={each === status} onClick={() => setStatus(each)}>
              {words}
            </button>
          ))}
        </div>
      </div>
      <BlockList key={status} status={status} />
    </>
  );
}

function BlockList({ status }: { readonly status: BlockStatus | null }) {
  const [pages, setPages] = useState<readonly StripBlockFragment[]>([]);
  const [after, setAfter] = useState<string | null>(null);
  const { data, error, reload } = useQuery(BlockListText, { status, after }, { withHead: after === null });
  const nodes = data?.blocks.nodes ?? [];
  const { hasNextPage = false, endCursor = null } = data?.blocks.pageInfo ?? {};
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    if (data !== null) setWanted(false);
  }, [data]);
  const blocks = [...pages, ...nodes];
  if (data === null && error !== null) return <Failure error={error} reload={reload} />;
  if (data === null && blocks.length === 0) return <Loading />;
  if (blocks.length === 0) return <Empty>There is no such block.</Empty>;
  const more = (): void => {
    setPages(blocks);
    setAfter(endCursor);
    setWanted(true);
  };
  return (
    <>
      <BlockTable blocks={blocks} />
      {hasNextPage || wanted ? (
        <MoreButton loading={data === null} onClick={more} known={blocks.length} />
      ) : null}
    </>
  );
}

function BlockTable({ blocks }: { readonly blocks: readonly StripBlockFragment[] }) {
  return (
    <Table
      caption="Blocks"
      head={[
        { figures: 'Height' },
        'Block',
        'Status',
        'Votes',
        { figures: 'Transactions' },
        'Made by',
        'Signed at',
      ]}
    >
      {blocks.map((block) => (
        <tr key={block.height}>
          <td className="number">
            <a href={href.block(block.height)}>{grouped(block.height)}</a>
          </td>
          <td>
            <BlockId id={block.id} />
          </td>
          <td>
            {block.height === 0 ? (
              <span className="status neutral">genesis</span>
            ) : (
              <Status status={block.status} />
            )}
          </td>
          <td>{block.height === 0 ? null : <Votes block={block} />}</td>
          <td className="number">{grouped(block.transactionCount)}</td>
          <td>
            <PublicKey id={block.creator.publicKey} plain link={false} />
          </td>
          <td>
            <Time at={block.timestamp} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
