/** The page of the federation: who decides, who lags, who stood alone, and who signed contradictions. */

import { BlockId, Empty, Failure, Loading, Panel, PublicKey, Table, Time } from '../components/basics.js';
import { JsonView } from '../components/json-view.js';
import { Heading } from '../components/page-frame.js';
import { disagreements } from '../data/disagreements.js';
import { useQuery } from '../data/query-hooks.js';
import { href } from '../data/route.js';
import { counted, grouped } from '../data/words.js';
import { type FederationQuery, FederationText, type JudgedVoteFragment } from '../generated/operations.js';

/** Decided heights that a member may be behind before it is marked. */
const LAG_MARKED = 3;

export function FederationPage() {
  const { data, error, reload } = useQuery(FederationText, {}, { everyMs: 3_000 });
  return (
    <>
      <div className="title-row">
        <Heading>Federation</Heading>
        {data === null ? null : <Quorum data={data} />}
      </div>
      {error === null ? null : <Failure error={error} reload={reload} />}
      {data === null && error === null ? <Loading /> : null}
      {data === null ? null : <Members data={data} />}
    </>
  );
}

function Quorum({ data: { federation } }: { readonly data: FederationQuery }) {
  const count = federation.members.filter((member) => member.inFederation).length;
  const needed = Math.floor(count / 2) + 1;
  const may = count - needed;
  return (
    <p className="figures">
      <span>{counted(count, 'member')}</span>
      <span>
        <strong>{needed}</strong> must agree
      </span>
      <span>{may === 0 ? 'none may fail' : `${may} may fail`}</span>
    </p>
  );
}

type Member = FederationQuery['federation']['members'][number];

function Members({ data }: { readonly data: FederationQuery }) {
  const { members } = data.federation;
  const against = disagreements(data);
  const faulty = members.filter((member) => member.evidence.length > 0);
  return (
    <>
      <Panel title="Members" aside={`of height ${grouped(data.ledger.height)}`}>
        <Table
          caption="Members of the federation"
          head={[
            'Member',
            'Last vote',
            'Voted at',
            { figures: 'Behind' },
            { figures: 'Disagreements' },
            { figures: 'Evidence' },
          ]}
        >
          {members.map((member) => (
            <MemberRow
              key={member.publicKey}
              member={member}
              against={against.get(member.publicKey)?.length ?? 0}
            />
          ))}
        </Table>
      </Panel>
      <Panel title="Disagreements">
        {against.size === 0 ? (
          <Empty>In the newest blocks every member said what the federation decided.</Empty>
        ) : (
          <Disagreements votes={[...against.values()].flat()} />
        )}
      </Panel>
      <Panel title="Evidence">
        {faulty.length === 0 ? <Empty>No member has signed contradicting votes.</Empty> : null}
        {faulty.map((member) => (
          <Evidence key={member.publicKey} member={member} />
        ))}
      </Panel>
    </>
  );
}

function MemberRow({ member, against }: { readonly member: Member; readonly against: number }) {
  const { publicKey, isMe, inFederation, lastVote, lastVotedAt, heightsBehind, evidence } = member;
  return (
    <tr>
      <td>
        <PublicKey id={publicKey} link={false} />{' '}
        {isMe ? <span className="status neutral">this node</span> : null}
        {inFederation ? null : <span className="status bad">not a member</span>}
      </td>
      <td>{lastVote == null ? <span className="quiet">never voted</span> : <LastVote vote={lastVote} />}</td>
      <td>{lastVotedAt == null ? '' : <Time at={lastVotedAt} />}</td>
      <td className="number">
        {heightsBehind == null ? (
          ''
        ) : (
          <span className={heightsBehind > LAG_MARKED ? 'status bad' : ''}>{grouped(heightsBehind)}</span>
        )}
      </td>
      <td className="number">{against === 0 ? '0' : <span className="status waiting">{against}</span>}</td>
      <td className="number">
        {evidence.length === 0 ? '0' : <span className="status bad">{evidence.length}</span>}
      </td>
    </tr>
  );
}

function LastVote({ vote }: { readonly vote: NonNullable<Member['lastVote']> }) {
  return (
    <>
      <span className={`status ${vote.isBlockValid ? 'good' : 'bad'}`}>
        {vote.isBlockValid ? 'valid' : 'invalid'}
      </span>{' '}
      {vote.block == null ? (
        <BlockId id={vote.blockId} plain />
      ) : (
        <a href={href.block(vote.block.height)}>height {grouped(vote.block.height)}</a>
      )}
    </>
  );
}

function Disagreements({ votes }: { readonly votes: readonly JudgedVoteFragment[] }) {
  const newestFirst = [...votes].sort((a, b) => (b.block?.height ?? 0) - (a.block?.height ?? 0));
  return (
    <Table
      caption="Votes that the decision went against"
      head={['Member', 'Block', 'Said', 'Decided', 'Signed at']}
    >
      {newestFirst.map((vote) => (
        <tr key={vote.signature}>
          <td>
            <PublicKey id={vote.node.publicKey} plain link={false} />
          </td>
          <td>
            <a href={href.block(vote.blockId)}>height {grouped(vote.block?.height ?? 0)}</a>
          </td>
          <td>{vote.isBlockValid ? 'valid' : 'invalid'}</td>
          <td>{vote.isBlockValid ? 'invalid' : 'valid'}</td>
          <td>{vote.timestamp == null ? '' : <Time at={vote.timestamp} />}</td>
        </tr>
      ))}
    </Table>
  );
}

function Evidence({ member }: { readonly member: Member }) {
  return (
    <div className="evidence">
      <h3>
        <PublicKey id={member.publicKey} link={false} /> signed both
      </h3>
      {member.evidence.map(({ blockId, votes }) => (
        <details key={blockId}>
          <summary>
            about block <BlockId id={blockId} plain />, {counted(votes.length, 'vote')}
          </summary>
          <JsonView value={[...votes]} label="Contradicting votes" />
        </details>
      ))}
    </div>
  );
}
