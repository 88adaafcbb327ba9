/** `export-my-pubkey`: this node's public key, for the keyrings of the others (1.0.1: section 8.4). */

import { type CommandContext, readSettingsAloud } from './command-context.js';

export function exportMyPubkey(context: CommandContext): number {
  const publicKey = readSettingsAloud(context).settings.keypair.public;
  if (publicKey === null) {
    context.err("This node's public key wasn't set anywhere so it can't be exported\n");
    return 1;
  }
  context.out(`${publicKey}\n`);
  return 0;
}
