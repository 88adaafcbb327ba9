/** The live strip: what waits, the undecided blocks with their votes so far, the decided ones by height. */

import { useLedgerNow } from '../data/hooks.js';
import { href } from '../data/route.js';
import { counted, duration, grouped, shortId } from '../data/words.js';
import type { StripBlockFragment } from '../generated/operations.js';

/** Blocks in the strip; older ones are in the list of blocks. */
const SHOWN_MAX = 24;

export function Strip() {
  const { blocks, backlog } = useLedgerNow();
  return (
    <div className="strip">
      <div className="waiting-card">
        <span className="label">Waiting</span>
        <strong className="figure">{grouped(backlog.count)}</strong>
        <span className="quiet">
          {backlog.oldestSeconds === null
            ? 'nothing to decide'
            : `oldest ${duration(1000 * backlog.oldestSeconds)}`}
        </span>
      </div>
      <ol className="blocks" aria-label="Newest blocks, the newest first">
        {blocks.slice(0, SHOWN_MAX).map((block) => (
          <StripBlock key={block.height} block={block} />
        ))}
      </ol>
    </div>
  );
}

function StripBlock({ block }: { readonly block: StripBlockFragment }) {
  const { id, height, status, transactionCount, creator } = block;
  const genesis = height === 0;
  const tone = genesis ? 'neutral' : status.toLowerCase();
  return (
    <li className={`strip-block ${tone}`} data-height={height}>
      <a href={href.block(id)}>
        <span className="height">
          <span className="visually-hidden">Block at height </span>
          {grouped(height)}
        </span>
        <span className="count">{counted(transactionCount, 'transaction')}</span>
        {status === 'UNDECIDED' && !genesis ? (
          <Votes block={block} />
        ) : (
          <span className="outcome">{genesis ? 'genesis' : status.toLowerCase()}</span>
        )}
        <code className="creator" title={`made by ${creator.publicKey}`}>
          {creator.isMe ? 'this node' : shortId(creator.publicKey, 4)}
        </code>
      </a>
    </li>
  );
}

/** One mark for each member: for, against, not known yet. */
export function Votes({ block }: { readonly block: Pick<StripBlockFragment, 'election'> }) {
  const { eligibleVoters, validVotes, invalidVotes } = block.election;
  const marks = Array.from({ length: Math.min(eligibleVoters, 15) }, (_, index) =>
    index < validVotes ? 'for' : index < validVotes + invalidVotes ? 'against' : 'open',
  );
  return (
    <span className="votes">
      <span className="visually-hidden">
        {validVotes} of {eligibleVoters} members for it, {invalidVotes} against
      </span>
      <span className="marks" aria-hidden="true">
        {marks.map((mark, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: marks are counted, they have no identity.
          <i key={index} className={mark} />
        ))}
      </span>
      <span aria-hidden="true">
        {validVotes}/{eligibleVoters}
      </span>
    </span>
  );
}
