/** What every page has: its heading, which names the window too, and a net under it. */

import { Component, type ReactNode } from 'react';

/** The first heading of a page. */
export function Heading({ children }: { readonly children: string }) {
  return (
    <>
      <title>{`${children} – BigchainDB ledger`}</title>
      <h1>{children}</h1>
    </>
  );
}

interface PageNetProps {
  readonly children: ReactNode;
}

/** A page that cannot show what it got says so, and leaves the rest of the dashboard usable. */
export class PageNet extends Component<PageNetProps, { readonly fault: string | null }> {
  override readonly state: { readonly fault: string | null } = { fault: null };

  static getDerivedStateFromError(error: unknown): { readonly fault: string } {
    return { fault: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.fault === null) return this.props.children;
    return (
      <>
        <Heading>This page cannot be shown</Heading>
        <div className="notice bad" role="alert">
          <p>
            <strong>What the node answered is not what this page expects:</strong> {this.state.fault}.
          </p>
          <p>Load the page again. If it stays so, the node and its dashboard may be of different versions.</p>
        </div>
      </>
    );
  }
}
