/**
 * The rules of the ledger's order (architecture, sections 4 to 6), one by one: each can be switched off, so that the
 * exploration shows what it is for. Who changes a rule changes this text and `steps.ts` first.
 */

export const RULES = {
  'a height is taken once': 'claims are compare-and-set; without it the later one replaces the earlier',
  'check what took the height':
    'who finds its height taken chooses anew against that block; without it the same block goes one higher',
  'undecided inclusions wait': 'what stands in an undecided block is in no other',
  'undecided spenders wait': 'what spends an output that an undecided block spends is in no other block',
  'same bytes again':
    'a claim whose outcome is unknown is sent again as it is; without it the next height is claimed for it',
  'judge upon what is decided': 'a block is judged when everything below it is decided',
  'the federation votes': "votes count over the federation in force; without it over the block's own list",
  'a majority of all':
    'a block is valid with the votes of more than half of the members; without it of those who voted',
  'clear what is decided':
    'an entry is cleared when its transaction is decided valid; without it when its block is made',
  'reject before clearing': 'a rejection stands before its entry goes; without it after',
  'take over from the dead': 'entries of a member that is down go to another one',
} as const;

export type Rule = keyof typeof RULES;

/** The rules in force. */
export type Rules = ReadonlySet<Rule>;

export function allRulesBut(...off: readonly Rule[]): Rules {
  return new Set((Object.keys(RULES) as Rule[]).filter((rule) => !off.includes(rule)));
}
