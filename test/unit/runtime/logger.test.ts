/** Danger: levels that do not take effect (1.0.1: section 10.4, 25), stacks and noise for operators. Method: log files. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogging, type LoggingOptions } from '../../../src/runtime/logger.js';

let folder: string;
let fd: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logger-'));
  fd = openSync(join(folder, 'console'), 'w');
});
afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true, force: true });
});

async function logged(
  options: Partial<LoggingOptions>,
  write: (logging: ReturnType<typeof createLogging>) => void,
): Promise<{ all: Record<string, unknown>[]; errors: Record<string, unknown>[] }> {
  const path = join(folder, 'node.log');
  const errorPath = join(folder, 'errors.log');
  const logging = createLogging({
    console: { level: 'critical', format: 'json', fd },
    file: { path, level: 'info' },
    errorFile: { path: errorPath },
    granularLevels: {},
    ...options,
  });
  write(logging);
  await logging.close();
  const read = (file: string): Record<string, unknown>[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { all: read(path), errors: read(errorPath) };
}

test('a line holds level, time, folder, event and the fields', async () => {
  const { all } = await logged({}, (logging) =>
    logging
      .logger('pipelines')
      .info('block.written', { block_id: 'ab', transactions: 1000, total: 10n ** 20n }),
  );
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({
    level: 'info',
    folder: 'pipelines',
    event: 'block.written',
    transactions: 1000,
  });
  expect(String(all[0]?.time)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('each destination has its level; errors also go to the error file', async () => {
  const { all, errors } = await logged({}, (logging) => {
    const log = logging.logger('web');
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
  });
  expect(all.map(({ event }) => event)).toEqual(['b', 'c', 'd']);
  expect(errors.map(({ event }) => event)).toEqual(['d']);
});

test('granular levels replace the level of one folder, both ways', async () => {
  const granularLevels = { pipelines: 'debug', web: 'error' } as const;
  const { all } = await logged({ granularLevels }, (logging) => {
    for (const folderName of ['pipelines', 'web', 'store']) {
      logging.logger(folderName).debug('fine');
      logging.logger(folderName).info('coarse');
    }
  });
  expect(all.map(({ folder: from, event }) => `${from} ${event}`)).toEqual([
    'pipelines fine',
    'pipelines coarse',
    'store coarse',
  ]);
});

test('an error is a name and a sentence; its stack appears at level debug only', async () => {
  const write = (logging: ReturnType<typeof createLogging>): void =>
    logging.logger('store').error('store.failed', { error: new RangeError('too far') });
  const quiet = await logged({}, write);
  expect(quiet.all[0]?.error).toEqual({ name: 'RangeError', message: 'too far' });
  rmSync(join(folder, 'node.log'));
  const loud = await logged({ console: { level: 'debug', format: 'json', fd } }, write);
  expect(loud.all[0]?.error).toMatchObject({ stack: expect.stringContaining('logger.test') });
});

test('a log file that cannot be opened is an error at once', () => {
  expect(() =>
    createLogging({
      console: { level: 'info', format: 'json', fd },
      file: { path: join(folder, 'x\0y'), level: 'info' },
      errorFile: null,
      granularLevels: {},
    }),
  ).toThrow();
});

test('on a terminal a line is text for people', async () => {
  await logged({ console: { level: 'info', format: 'text', fd } }, (logging) => {
    const error = new RangeError('too far');
    logging.logger('store').warn('store.slow', { ms: 12, file: 'a b', error });
  });
  const text = readFileSync(join(folder, 'console'), 'utf8');
  expect(text).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} WARN {2}store {2}store\.slow {2}ms=12 {2}file="a b" {2}error=\{.*too far.*\}\n$/,
  );
});

test('levels change while the log is open: of one folder, of all others, never of the error file', async () => {
  const { all, errors } = await logged({ granularLevels: { store: 'warn' } }, (logging) => {
    const [web, store] = [logging.logger('web'), logging.logger('store')];
    const both = (round: string): void => {
      for (const log of [web, store]) {
        log.debug(`${round} debug`);
        log.info(`${round} info`);
      }
    };
    both('first');
    expect(web.isDebugOn?.()).toBe(false);
    logging.control.setLevel('web', 'debug');
    expect([web.isDebugOn?.(), store.isDebugOn?.()]).toEqual([true, false]);
    both('second');
    logging.control.setLevel(null, 'error');
    both('third');
    logging.control.setLevel('web', 'critical');
    web.error('seen by the error file alone');
    expect(logging.control.levels()).toEqual({ '*': 'error', store: 'warn', web: 'critical' });
    // A logger that is made later has the levels of now, whoever holds the function that makes it.
    const { logger } = logging;
    logger('graphql').info('too low');
    logger('graphql').error('high enough');
  });
  expect(all.map(({ folder: from, event }) => `${from} ${event}`)).toEqual([
    'web first info',
    'web second debug',
    'web second info',
    'web third debug',
    'web third info',
    'graphql high enough',
  ]);
  expect(errors.map(({ event }) => event)).toEqual(['seen by the error file alone', 'high enough']);
});

test('folders that get a level of their own are bounded: their names come from outside', async () => {
  await logged({}, (logging) => {
    for (let index = 0; index < 500; index++) logging.control.setLevel(`folder-${index}`, 'debug');
    expect(Object.keys(logging.control.levels()).length).toBeLessThanOrEqual(101);
  });
});
