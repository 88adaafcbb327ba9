/**
 * Danger: one input stops the node, hangs it, fills its memory, makes it forget something, or is answered with a 500.
 * Method: all 47 items of the fault list as tables, over real sockets against a real node process; a definite answer to
 * each, after each the next request is served, and in the end no answer of 5xx, no error in the log and little memory.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { badConditions } from './support/bad-conditions.js';
import { type BadDocument, overGraphql, overRest } from './support/bad-documents.js';
import { badFields } from './support/bad-fields.js';
import { badGraphql } from './support/bad-graphql.js';
import { badQueries } from './support/bad-queries.js';
import { badRequests } from './support/bad-requests.js';
import { badSettings } from './support/bad-settings.js';
import { badSockets } from './support/bad-sockets.js';
import { badTexts } from './support/bad-texts.js';
import { oddTransactions } from './support/odd-transactions.js';
import { type BadInput, Target } from './support/target.js';

const ITEMS = Array.from({ length: 47 }, (_, index) => index + 1);
const SETTINGS_ITEM = 47;
/** Figures that are asked for, and the resident set under which the node stays. */
const INPUTS_WANTED = 400;
const RESIDENT_MEGABYTES_MAX = 800;

const documents: readonly BadDocument[] = [...badTexts(), ...badFields(), ...badConditions()];
/** What GraphQL can carry as a text in a variable, below its limit of a request. */
const asTexts = documents.filter(({ body }) => typeof body === 'string' && body.length < 1_000_000);
const settings = badSettings();
const inputs: readonly BadInput[] = [
  ...badRequests(),
  ...documents.map(overRest),
  ...asTexts.map(overGraphql),
  ...oddTransactions(),
  ...badQueries(),
  ...badGraphql(),
  ...badSockets(),
];

const folder = new NodeFolder();
let node: NodeProcess;
let target: Target;
let residentMegabytes = 0;
/** The input after which it was largest. */
let largestAfter = '';
let passed = 0;

/** A ledger with something to read, so that lists and searches have work. */
beforeAll(async () => {
  node = await folder.start();
  target = new Target(Number(new URL(node.http).port), Number(new URL(node.websocket).port));
  const maker = new TransactionMaker('bad input', 10);
  const made = maker.many(200);
  const events = await ValidEvents.follow(node.http);
  const client = new NodeClient(node.http);
  for (const { text } of made) expect((await client.post(text)).status).toBe(202);
  await events.includes(made.map(({ id }) => id));
  events.stop();
}, 60_000);
afterAll(() => folder.dispose());

/** Megabytes of memory that the process holds now. */
function resident(): number {
  const [, kilobytes = '0'] =
    /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

function measure(input: BadInput): void {
  if (!existsSync(`/proc/${node.pid}/status`)) return;
  const now = resident();
  if (now > residentMegabytes) largestAfter = `${input.item}. ${input.name}`;
  residentMegabytes = Math.max(residentMegabytes, now);
}

test.each(inputs.map((input) => [`${input.item}. ${input.name}`, input] as const))(
  '%s',
  async (_name, input) => {
    await input.check(target);
    await target.serves();
    measure(input);
    passed += 1;
  },
);

test.each(settings)(
  '47. a start with $name ends with 1 and names $names',
  async ({ settings, environment, names, parameters }) => {
    const bad = new NodeFolder(typeof settings === 'string' ? { parameters } : { settings, parameters });
    try {
      if (typeof settings === 'string') writeFileSync(bad.configPath, settings);
      const process = bad.spawn(environment);
      expect(await process.exited).toEqual({ code: 1, signal: null });
      expect(process.output()).toContain(names);
      expect(process.output()).not.toMatch(/^\s+at /m);
      expect(readdirSync(bad.dataFolder)).toEqual([]);
      passed += 1;
    } finally {
      await bad.dispose();
    }
  },
);

test(`in all: every item, ${INPUTS_WANTED} inputs, no answer of 5xx, nothing in the log of errors, memory bounded`, async () => {
  const answered = [...target.answers].sort(([left], [right]) => left - right);
  const faults = answered.filter(([code]) => (code >= 500 && code < 600) || code === 1011);
  expect(faults).toEqual([]);
  const tried = new Set([...inputs.map(({ item }) => item), SETTINGS_ITEM]);
  expect(ITEMS.filter((item) => !tried.has(item))).toEqual([]);
  expect(inputs.length + settings.length).toBeGreaterThanOrEqual(INPUTS_WANTED);
  expect(residentMegabytes).toBeLessThan(RESIDENT_MEGABYTES_MAX);
  expect(readFileSync(join(folder.folder, 'node-errors.log'), 'utf8')).toBe('');
  expect(await node.stop()).toEqual({ code: 0, signal: null });
  process.stderr.write(
    `bad inputs: ${passed} of ${inputs.length + settings.length} in 47 items got a definite answer; ` +
      `5xx: 0; crashes: 0; largest resident set ${Math.round(residentMegabytes)} MB after «${largestAfter}»; ` +
      `answers: ${answered.map(([code, count]) => `${code} × ${count}`).join(', ')}\n`,
  );
});
