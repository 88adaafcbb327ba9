/** What a view is that cannot be relied on, in words an operator can act on. */

/** The file cannot serve as a view: damaged, of another program or version, or not to be opened. */
export class ViewUnreadable extends Error {
  override readonly name = 'ViewUnreadable';
}

/** The error for a view that is of no use for this reason. */
export function unreadable(path: string, reason: string): ViewUnreadable {
  return new ViewUnreadable(
    `The view ${path} cannot be used: ${reason}. It holds nothing that the store does not: ` +
      '`bigchaindb rebuild` derives it again',
  );
}
