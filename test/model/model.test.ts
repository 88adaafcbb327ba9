/**
 * Danger: a rule of the one order that is wrong or missing, in whatever program follows it. Method: an executable model
 * of the architecture's sections 4 to 6, which shares nothing with the source. Every order of everything is visited for
 * two and three members with one fault or one hostile member, and larger setups by chance. Then each rule is switched
 * off, and must be missed.
 */

import { SeededRandom } from '../support/simulated-random.js';
import { exploreAll, exploreOnce } from './explore.js';
import { allRulesBut, RULES, type Rule } from './rules.js';
import type { Setup } from './state.js';

const STATES_MAX = 100_000;
const RANDOM_RUNS = 2000;

/** Transaction a is spent by b and by c, b by d; e is on its own. */
const SETUPS = {
  'two members, one fault, two rivals': {
    members: 2,
    hostileActs: 0,
    faults: 1,
    backlog: { a: 0, b: 0, c: 1 },
  },
  'three members, one fault': { members: 3, hostileActs: 0, faults: 1, backlog: { a: 0, b: 1 } },
  'two members and a hostile one': { members: 3, hostileActs: 2, faults: 0, backlog: { a: 0 } },
  'two members, a hostile one and one fault': {
    members: 3,
    hostileActs: 1,
    faults: 1,
    backlog: { a: 0, b: 1 },
  },
} as const satisfies Record<string, Setup>;

/** What happens without a rule, and where it shows. */
const MISSED: Readonly<Record<Rule, readonly [setup: keyof typeof SETUPS, promise: string]>> = {
  'a height is taken once': ['two members, one fault, two rivals', 'I6'],
  'check what took the height': ['two members, one fault, two rivals', 'I21'],
  'undecided inclusions wait': ['two members, one fault, two rivals', 'I21'],
  'undecided spenders wait': ['two members, one fault, two rivals', 'I21'],
  'same bytes again': ['two members, one fault, two rivals', 'I21'],
  'judge upon what is decided': ['two members and a hostile one', 'I14'],
  'the federation votes': ['two members and a hostile one', 'I1'],
  'a majority of all': ['two members and a hostile one', 'I1'],
  'clear what is decided': ['two members, one fault, two rivals', 'I6'],
  'reject before clearing': ['two members, one fault, two rivals', 'I6'],
  'take over from the dead': ['three members, one fault', 'I13'],
};

describe('with all rules no promise is broken', () => {
  test.each(Object.entries(SETUPS))(
    '%s: every state',
    (_name, setup) => {
      const { broken, states } = exploreAll(setup, allRulesBut(), STATES_MAX);
      expect(broken).toBeNull();
      expect(states).toBeGreaterThan(1000);
    },
    120_000,
  );

  test(`up to five members by chance, ${RANDOM_RUNS} runs`, () => {
    let states = 0;
    for (let run = 0; run < RANDOM_RUNS; run += 1) {
      const random = new SeededRandom('model', run);
      const exploration = exploreOnce(drawSetup(random), allRulesBut(), (below) => random.integer(below));
      expect({ run, broken: exploration.broken }).toEqual({ run, broken: null });
      states += exploration.states;
    }
    expect(states).toBeGreaterThan(RANDOM_RUNS * 20);
  }, 120_000);
});

test.each(Object.keys(RULES) as Rule[])('without «%s» one is', (rule) => {
  const [setup, promise] = MISSED[rule];
  const { broken } = exploreAll(SETUPS[setup], allRulesBut(rule), STATES_MAX);
  expect(broken?.promise).toMatch(new RegExp(`^${promise}:`));
  expect(broken?.steps.length).toBeGreaterThan(1);
});

function drawSetup(random: SeededRandom): Setup {
  const members = 2 + random.integer(4);
  const isHostile = members > 2 && random.chance(0.5);
  const correct = isHostile ? members - 1 : members;
  const backlog = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((name) => [name, random.integer(correct)]),
  );
  return { members, hostileActs: isHostile ? 1 + random.integer(4) : 0, faults: random.integer(4), backlog };
}
