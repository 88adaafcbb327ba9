/** Store and view files of a made ledger, without a node: facts written through the port, the view derived by rebuild. */

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { databaseFiles } from '../../src/config/database-files.js';
import { readSettings } from '../../src/config/read-settings.js';
import type { Settings } from '../../src/config/settings.js';
import type { Checker } from '../../src/ledger/checker.js';
import { createDirectChecker } from '../../src/ledger/checker-direct.js';
import { rebuild } from '../../src/node/rebuild.js';
import { noFailpoints } from '../../src/runtime/failpoints.js';
import type { Runtime } from '../../src/runtime/runtime.js';
import { createSystemRuntime } from '../../src/runtime/system-runtime.js';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import { keyPairOf } from './keys.js';
import type { MadeLedger } from './made-ledger.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export function quietRuntime(): Runtime {
  return createSystemRuntime({ logger: () => quiet, failpoints: noFailpoints });
}

export class LedgerFiles {
  readonly folder: string;
  readonly settings: Settings;
  readonly store: string;
  readonly view: string;
  readonly configPath: string;

  /** `member`: whose view it is; the others are its keyring. */
  constructor(
    readonly member: string,
    readonly members: readonly string[],
    folder = mkdtempSync(join(tmpdir(), 'ledger-files-')),
  ) {
    this.folder = folder;
    this.configPath = join(folder, 'config.json');
    const { publicKey, privateKey } = keyPairOf(member);
    const document = {
      keypair: { public: publicKey, private: privateKey },
      keyring: members.filter((name) => name !== member).map((name) => keyPairOf(name).publicKey),
      database: { backend: 'embedded', path: join(folder, 'data') },
      log: {
        file: join(folder, 'node.log'),
        error_file: join(folder, 'errors.log'),
        level_console: 'critical',
      },
    };
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeFileSync(this.configPath, JSON.stringify(document), { mode: 0o600 });
    const context = { home: folder, cores: 2 };
    this.settings = readSettings({
      configPath: this.configPath,
      environment: {},
      commandLine: {},
      context,
    }).settings;
    const files = databaseFiles(this.settings);
    this.store = files.store;
    this.view = files.view;
  }

  /** Writes all facts and derives the view. */
  async write(ledger: MadeLedger): Promise<void> {
    const store = createDirectStore({ path: this.store });
    for (const { block, votes } of ledger.heights) {
      expect(await store.claimHeight(block)).toBe('ok');
      if (votes.length > 0) await store.addVotes(votes);
    }
    await store.addRejections(ledger.rejections);
    const assignee = keyPairOf(this.member).publicKey;
    await store.addBacklog(
      ledger.backlog.map((entry, index) => ({
        ...entry,
        assignee,
        stamp: `stamp ${index}`,
        acceptedAtMs: 1,
      })),
    );
    await store.close();
    await this.rebuild();
  }

  rebuild(): Promise<number> {
    return withDirectChecker((checker) =>
      rebuild({ settings: this.settings, runtime: quietRuntime(), checker, onProgress: () => undefined }),
    );
  }

  /** The same files in another folder, to be changed. */
  copy(): LedgerFiles {
    const folder = mkdtempSync(join(tmpdir(), 'ledger-files-'));
    cpSync(join(this.folder, 'data'), join(folder, 'data'), { recursive: true });
    return new LedgerFiles(this.member, this.members, folder);
  }

  /** Runs SQL on one of the files. */
  change(file: 'store' | 'view', ...statements: readonly string[]): void {
    const database = new DatabaseSync(file === 'store' ? this.store : this.view);
    for (const sql of statements) database.exec(sql);
    database.close();
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function withDirectChecker<T>(use: (checker: Checker) => Promise<T>): Promise<T> {
  const checker = createDirectChecker(quietRuntime());
  try {
    return await use(checker);
  } finally {
    await checker.close();
  }
}
