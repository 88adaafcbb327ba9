/** Every checker by the name of its invariant. Each is a file of its own that knows the chronicle and nothing of the node. */

import type { Checker, Chronicle } from '../chronicle.js';
import { noOutputSpentTwice } from './i01-no-output-spent-twice.js';
import { inOneValidBlock } from './i02-in-one-valid-block.js';
import { noShareMadeOrLost } from './i03-no-share-made-or-lost.js';
import { inputsOfOneAsset } from './i04-inputs-of-one-asset.js';
import { inputsExistAndAreSigned } from './i05-inputs-exist-and-are-signed.js';
import { acknowledgedIsNeverLost } from './i06-acknowledged-is-never-lost.js';
import { factsNeverChange } from './i07-facts-never-change.js';
import { idsAndSignatures } from './i08-ids-and-signatures.js';
import { electionsCountVotesAlone } from './i09-elections-count-votes-alone.js';
import { decisionsAreEqualAndFinal } from './i10-decisions-are-equal-and-final.js';
import { votesOnceAndInOrder } from './i11-votes-once-and-in-order.js';
import { verdictsAgreeWithSlowValidator } from './i12-verdicts-agree-with-slow-validator.js';
import { acknowledgedEndsValidOrRejected } from './i13-acknowledged-ends-valid-or-rejected.js';
import { comesToRest } from './i14-comes-to-rest.js';
import { streamsHaveNoGaps } from './i15-streams-have-no-gaps.js';
import { answersAreTrueAndFinal } from './i16-answers-are-true-and-final.js';
import { equalViews } from './i17-equal-views.js';
import { textsAreCanonical } from './i18-texts-are-canonical.js';
import { boundsHold } from './i19-bounds-hold.js';
import { nodesStopOnlyForAReason } from './i20-nodes-stop-only-for-a-reason.js';
import { correctBlocksAreValid } from './i21-correct-blocks-are-valid.js';
import { heightsAreContiguous } from './i22-heights-are-contiguous.js';

export const CHECKERS: Readonly<Record<string, Checker>> = {
  I1: noOutputSpentTwice,
  I2: inOneValidBlock,
  I3: noShareMadeOrLost,
  I4: inputsOfOneAsset,
  I5: inputsExistAndAreSigned,
  I6: acknowledgedIsNeverLost,
  I7: factsNeverChange,
  I8: idsAndSignatures,
  I9: electionsCountVotesAlone,
  I10: decisionsAreEqualAndFinal,
  I11: votesOnceAndInOrder,
  I12: verdictsAgreeWithSlowValidator,
  I13: acknowledgedEndsValidOrRejected,
  I14: comesToRest,
  I15: streamsHaveNoGaps,
  I16: answersAreTrueAndFinal,
  I17: equalViews,
  I18: textsAreCanonical,
  I19: boundsHold,
  I20: nodesStopOnlyForAReason,
  I21: correctBlocksAreValid,
  I22: heightsAreContiguous,
};

/** A broken invariant, and how. */
export interface Breach {
  readonly invariant: string;
  readonly message: string;
}

/** What all checkers find. */
export function judge(chronicle: Chronicle): Breach[] {
  return Object.entries(CHECKERS).flatMap(([invariant, check]) =>
    check(chronicle).map((message) => ({ invariant, message })),
  );
}
