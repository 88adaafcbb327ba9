/**
 * A view that cannot be written ends the node: it must not answer from conclusions that it could not keep. A full disk
 * is told in words an operator can act on. (A full disk of the store only means 503 until there is room.)
 */

import type { View } from '../view/view.js';

export class ViewFailed extends Error {
  override readonly name = 'ViewFailed';

  constructor(cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    super(
      `the view at database.path cannot be written: ${message}. Make room or mend the disk and start the node again; ` +
        'nothing is lost, the view is derived from the store',
      { cause },
    );
  }
}

/** The same view, whose failing writes are reported, but for `apply`: the applier reports that. */
export function watchedView(view: View, onFailure: (error: ViewFailed) => void): View {
  const watched = async (write: Promise<void>): Promise<void> => {
    try {
      await write;
    } catch (error) {
      const failure = new ViewFailed(error);
      onFailure(failure);
      throw failure;
    }
  };
  return {
    read: view.read,
    apply: (heights) => view.apply(heights),
    addLateVotes: (votes) => watched(view.addLateVotes(votes)),
    addRejections: (rejections, upToPosition) => watched(view.addRejections(rejections, upToPosition)),
    rejectionPosition: () => view.rejectionPosition(),
    close: () => view.close(),
  };
}
