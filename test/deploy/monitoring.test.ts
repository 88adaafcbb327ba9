// Danger: an alert or a panel asks for what no node tells, and stays silent for ever.
// Method: promtool checks configuration and rules and plays the tests of alerts-test.yaml; then a real Prometheus scrapes
// a node under load, and every expression of rules and dashboard is asked of it.

import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { NodeClient } from '../support/process-client.js';
import { NodeFolder } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { deployText, temporaryFolder } from './support/files.js';
import { DEPLOY, itWith, run, succeed, TOOLS, terminated, toolPath } from './support/tools.js';

const inDeploy = { cwd: DEPLOY };
/** Of packages that were unpacked, not installed. */
const LIBRARIES = join(TOOLS, 'root/usr/lib/x86_64-linux-gnu');

itWith(['promtool'], 'configuration and rules are valid', async () => {
  const said = await succeed('promtool', ['check', 'config', 'monitoring/prometheus.yaml'], inDeploy);
  expect(said).toContain('18 rules found');
});

itWith(['promtool'], 'alerts ring when they should, and not before', async () => {
  expect(await succeed('promtool', ['test', 'rules', 'monitoring/alerts-test.yaml'], inDeploy)).toContain(
    'SUCCESS',
  );
});

itWith(['rsyslogd'], 'rsyslog takes the file that ships the log', async () => {
  const { code, output } = await run(
    'rsyslogd',
    ['-N1', '-M', join(LIBRARIES, 'rsyslog'), '-f', join(DEPLOY, 'monitoring/rsyslog.conf')],
    { environment: { LD_LIBRARY_PATH: LIBRARIES } },
  );
  expect([code, output.split('\n').filter((line) => /error|warning/i.test(line))]).toEqual([0, []]);
});

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly state: string;
  readonly lastError?: string;
}

/** Prometheus on deploy/monitoring, asked every 100 ms. */
class Prometheus {
  private readonly folder = temporaryFolder();
  private child: ChildProcess | null = null;
  private base = '';

  async start(target: string): Promise<void> {
    const configuration = deployText('monitoring/prometheus.yaml')
      .replaceAll('15s', '100ms')
      .replace('node:9986', target)
      .replace(/^alerting:\n(?: .*\n)+/m, '');
    writeFileSync(join(this.folder, 'prometheus.yaml'), configuration);
    cpSync(join(DEPLOY, 'monitoring/alerts.yaml'), join(this.folder, 'alerts.yaml'));
    const port = await freePort();
    this.base = `http://127.0.0.1:${port}`;
    const parameters = [
      `--config.file=${join(this.folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(this.folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ];
    this.child = spawn(toolPath('prometheus') ?? '', parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  stop(): Promise<void> {
    return terminated(this.child);
  }

  /** Null while it does not answer yet. */
  private async ask<T>(path: string): Promise<T | null> {
    try {
      const answer = await fetch(`${this.base}${path}`);
      const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
      if (status !== 'success') throw new SyntaxError(error);
      return data;
    } catch (error) {
      if (error instanceof SyntaxError) throw error;
      return null;
    }
  }

  async rules(): Promise<readonly Rule[]> {
    const data = await this.ask<{ groups: { rules: Rule[] }[] }>('/api/v1/rules');
    return data?.groups.flatMap(({ rules }) => rules) ?? [];
  }

  /** Series that the expression gives now; throws for one that is wrong. */
  async count(expression: string): Promise<number> {
    const data = await this.ask<{ result: unknown[] }>(
      `/api/v1/query?query=${encodeURIComponent(expression)}`,
    );
    return data?.result.length ?? 0;
  }

  /** Resolves when `done` says so; each look is a request, and 20,000 are too many. */
  async until(what: string, done: () => Promise<boolean>): Promise<void> {
    for (let look = 0; !(await done()); look++)
      if (look === 20_000) throw new Error(`Prometheus never said: ${what}`);
  }
}

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

itWith(
  ['prometheus'],
  'a real Prometheus evaluates every rule and panel over a node under load',
  async () => {
    const managementPort = await freePort();
    const folder = new NodeFolder({ settings: { management: { bind: `127.0.0.1:${managementPort}` } } });
    const prometheus = new Prometheus();
    try {
      const node = await folder.start();
      await prometheus.start(`127.0.0.1:${managementPort}`);
      const client = new NodeClient(node.http);
      const transactions = new TransactionMaker('monitoring');
      await prometheus.until('a rate of accepted transactions', async () => {
        expect((await client.post(transactions.next().text)).status).toBe(202);
        return (await prometheus.count('rate(bigchaindb_transactions_valid_total[1m]) > 0')) > 0;
      });
      await prometheus.until('the health of every rule', async () => {
        const rules = await prometheus.rules();
        return rules.length > 0 && rules.every(({ health }) => health !== 'unknown');
      });
      const rules = await prometheus.rules();
      expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
      // The node is well; the gateway of the configuration is not there.
      expect(rules.filter(({ state }) => state !== 'inactive').map(({ name }) => name)).toEqual(
        expect.arrayContaining(['NodeDown']),
      );
      for (const name of [
        'NodeNotReady',
        'BacklogOld',
        'Evidence',
        'BlockInvalid',
        'NothingDecided',
        'HeightsBehind',
      ])
        expect([name, rules.find((rule) => rule.name === name)?.state]).not.toEqual([name, 'firing']);
      const dashboard = JSON.parse(
        readFileSync(join(DEPLOY, 'monitoring/grafana-dashboard.json'), 'utf8'),
      ) as Dashboard;
      const silent: string[] = [];
      for (const { title, targets } of dashboard.panels)
        for (const { expr } of targets)
          if ((await prometheus.count(expr)) === 0) silent.push(`${title}: ${expr}`);
      // Nobody was refused, wrote junk or has a node_exporter here.
      expect(silent.map((line) => line.replace(/:.*/, '')).sort()).toEqual(SILENT);
    } finally {
      await prometheus.stop();
      await folder.dispose();
    }
  },
);

const SILENT = [
  'Evidence of faulty members',
  'Evidence of faulty members',
  'Free disk',
  'Refused, by reason',
];
