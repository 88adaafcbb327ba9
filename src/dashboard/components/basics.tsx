/** The small parts that every page is made of: ids, times, amounts, states, panels. */

import { type ReactNode, useEffect, useState } from 'react';
import type { RequestFailed } from '../data/ask.js';
import { after, copyText, nowMs } from '../data/browser.js';
import { href } from '../data/route.js';
import { grouped, plainWords, shortId, shownTime } from '../data/words.js';

/** Copies `text`, and says so for a moment. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => (said === null ? undefined : after(1500, () => setSaid(null))), [said]);
  return (
    <button
      type="button"
      className="copy"
      aria-label={said ?? `Copy ${label}`}
      title={said ?? `Copy ${label}`}
      onClick={async () => setSaid((await copyText(text)) ? 'Copied' : 'Copying was refused')}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {said === 'Copied' ? (
          <path d="M3 8.5 6.5 12 13 4.5" />
        ) : (
          <path d="M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z" />
        )}
      </svg>
    </button>
  );
}

interface IdProps {
  readonly id: string;
  /** Show every character. */
  readonly whole?: boolean;
  /** Without the copy button, e.g. in dense tables. */
  readonly plain?: boolean;
}

function Shown({
  id,
  whole,
  plain,
  kind,
  to,
}: IdProps & { readonly kind: string; readonly to: string | null }) {
  const text = <code className={whole ? 'id whole' : 'id'}>{whole ? id : shortId(id)}</code>;
  return (
    <span className="with-copy">
      {to === null ? (
        <span title={id}>{text}</span>
      ) : (
        <a href={to} title={id}>
          {text}
        </a>
      )}
      {plain ? null : <CopyButton text={id} label={kind} />}
    </span>
  );
}

export function TransactionId({ link = true, ...props }: IdProps & { readonly link?: boolean }) {
  return <Shown {...props} kind="transaction id" to={link ? href.transaction(props.id) : null} />;
}

export function AssetId(props: IdProps) {
  return <Shown {...props} kind="asset id" to={href.asset(props.id)} />;
}

export function BlockId(props: IdProps) {
  return <Shown {...props} kind="block id" to={href.block(props.id)} />;
}

export function PublicKey({ link = true, ...props }: IdProps & { readonly link?: boolean }) {
  return <Shown {...props} kind="public key" to={link ? href.account(props.id) : null} />;
}

interface PublicKeysProps {
  readonly keys: readonly string[];
  readonly plain?: boolean;
  /** How many are shown; the rest are counted. */
  readonly shown?: number;
}

/** Public keys beside one another; many of them are counted instead. */
export function PublicKeys({ keys, plain, shown: most = 3 }: PublicKeysProps) {
  const shown = keys.slice(0, most);
  if (keys.length === 0) return <span className="quiet">nobody</span>;
  return (
    <span className="keys">
      {shown.map((key) => (
        <PublicKey key={key} id={key} plain={plain} />
      ))}
      {keys.length > shown.length ? <span className="quiet">+{keys.length - shown.length}</span> : null}
    </span>
  );
}

export function Amount({ amount }: { readonly amount: string }) {
  return <span className="amount">{grouped(amount)}</span>;
}

/** A time; of the signed ones, seconds since 1970 as a decimal string. */
export function Time({ at }: { readonly at: string | null | undefined }) {
  if (at == null) return <span className="quiet">unknown</span>;
  const timeMs = /^\d+$/.test(at) ? Number(at) * 1000 : Date.parse(at);
  if (!(Math.abs(timeMs) <= 8.64e15)) return <span className="quiet">no time: {at}</span>;
  const iso = new Date(timeMs).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {shownTime(timeMs, nowMs())}
    </time>
  );
}

const TONES: Readonly<Record<string, string>> = {
  VALID: 'good',
  INVALID: 'bad',
  REJECTED: 'bad',
  UNDECIDED: 'waiting',
  BACKLOG: 'waiting',
};
const WORDS: Readonly<Record<string, string>> = { BACKLOG: 'waiting' };

/** Status of a transaction or block; null: in no block that could become valid. */
export function Status({ status }: { readonly status: string | null | undefined }) {
  const text = status ?? 'NOWHERE';
  const words = status == null ? 'in no valid block' : (WORDS[text] ?? plainWords(text));
  return <span className={`status ${TONES[text] ?? 'neutral'}`}>{words}</span>;
}

export function Operation({ name }: { readonly name: string }) {
  return <span className={`operation ${name.toLowerCase()}`}>{name}</span>;
}

interface PanelProps {
  readonly title: string;
  /** Beside the title: figures, buttons. */
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A titled part of a page. */
export function Panel({ title, aside, className = '', children }: PanelProps) {
  return (
    <section className={`panel ${className}`}>
      <header>
        <h2>{title}</h2>
        {aside === undefined ? null : <div className="aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** Pairs of a name and what it is. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Nothing to show, and what to do about it. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

export function Loading() {
  return (
    <p className="loading" role="status">
      Loading…
    </p>
  );
}

/** A failed request, in words, with what can be done. */
export function Failure({ error, reload }: { readonly error: RequestFailed; readonly reload: () => void }) {
  const advice =
    error.code === 'UNREACHABLE'
      ? 'Is the node running, and is this page from it? Try again in a moment.'
      : 'Try again, or look at the node’s log if it stays so.';
  return (
    <div className="notice bad" role="alert">
      <p>
        <strong>{error.message}</strong> {advice}
      </p>
      <button type="button" onClick={reload}>
        Try again
      </button>
    </div>
  );
}

/** The title of a column; those of figures stand on the right, as the figures do. */
export type Column = string | { readonly figures: string };

interface TableProps {
  readonly caption: string;
  readonly head: readonly Column[];
  readonly children: ReactNode;
}

interface ScrollProps {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}

/** A named part of the page that scrolls inside itself, also with the keyboard. */
export function Scroll({ label, className, children }: ScrollProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
    <section className={className} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

/** A table that scrolls sideways inside itself where the page is narrow. */
export function Table({ caption, head, children }: TableProps) {
  return (
    <Scroll className="table" label={caption}>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {head.map((column) => {
              const title = typeof column === 'string' ? column : column.figures;
              return (
                <th key={title} scope="col" className={typeof column === 'string' ? '' : 'number'}>
                  {title}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Scroll>
  );
}
