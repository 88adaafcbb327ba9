// Danger: a setting is renamed, a port moved, a metric dropped, an image updated in one file and not in the others.
// Method: read every name out of the files of deploy/ and hold it against the tables of the code, and against each other.

import { parse } from 'yaml';
import { WEB } from '../../src/config/limits.js';
import {
  definitionOf,
  environmentVariable,
  isSettingPath,
  SETTING_GROUPS,
  SETTING_PATHS,
} from '../../src/config/settings.js';
import { METRICS, type MetricDefinition } from '../../src/runtime/metric-table.js';
import { readText } from '../tidy/source-files.js';
import { imageEnvironment, readCompose, readVariables } from './support/compose.js';
import { deployFiles, deployText } from './support/files.js';

const context = { home: '/var/lib/bigchaindb', cores: 2 };
const texts = deployFiles().map((path) => ({ path, text: deployText(path) }));
const variables = new Map(SETTING_PATHS.map((path) => [environmentVariable(path), path]));

/** Every match of `pattern` in every file of `ending`, as `file: match`. */
function found(pattern: RegExp, ending = /./): { path: string; match: string }[] {
  return texts
    .filter(({ path }) => ending.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(pattern)].map(([match, group]) => ({ path, match: group ?? match })),
    );
}

describe('settings', () => {
  it('every environment variable names one', () => {
    const known = new Set(['BIGCHAINDB_CONFIG_PATH', ...variables.keys()]);
    for (const [variable, path] of variables) if (definitionOf(path).secret) known.add(`${variable}_FILE`);
    const named = found(/\bBIGCHAINDB_[A-Z0-9_]+/g);
    expect(named.length).toBeGreaterThan(80);
    expect(named.filter(({ match }) => !known.has(match))).toEqual([]);
  });

  it('every path in prose and comments names one', () => {
    const groups = SETTING_GROUPS.join('|');
    const named = found(new RegExp(`(?<![\\w./-])((?:${groups})\\.[a-z0-9_]+)(?![\\w./-]|: )`, 'g'));
    const files = /\.(crt|key|pem|csr|conf|example|gz|sh|md|ya?ml|json|service|timer|env)$/;
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ match }) => !files.test(match) && !isSettingPath(match))).toEqual([]);
  });

  it('every value is one that its setting takes', () => {
    const pairs = [
      ...deployFiles('.env').flatMap((path) => Object.entries(readVariables(deployText(path)))),
      ...Object.entries(imageEnvironment()),
    ];
    expect(pairs.length).toBeGreaterThan(50);
    for (const [variable, value] of pairs) {
      const path = variables.get(variable);
      if (path !== undefined) expect(() => definitionOf(path).type.read(value, context)).not.toThrow();
    }
  });

  it('nothing sets what has no effect', () => {
    const set = found(/^(?:\s*-? ?)(BIGCHAINDB_[A-Z0-9_]+)(?==|:)/gm);
    const useless = set.filter(({ match }) => {
      const path = variables.get(match);
      return path !== undefined && definitionOf(path).withoutEffect !== null;
    });
    expect(useless).toEqual([]);
  });
});

describe('images, versions and ports', () => {
  it('each image has one tag, and ours is the version of the package', () => {
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    const tags = new Map<string, Set<string>>();
    for (const { match } of found(/\b((?:mongo|nginx|bigchaindb-server):[0-9][\w.-]*)/g)) {
      const [name = '', tag = ''] = match.split(':');
      tags.set(name, (tags.get(name) ?? new Set()).add(tag));
    }
    expect([...tags].map(([name, set]) => [name, [...set]])).toEqual(
      expect.arrayContaining([
        ['bigchaindb-server', [version]],
        ['mongo', [expect.any(String)]],
        ['nginx', [expect.any(String)]],
      ]),
    );
    expect(found(/newTag: (\S+)/g).map(({ match }) => match)).toEqual([version]);
    expect(found(/image\.version="([^"]+)"/g).map(({ match }) => match)).toEqual([version]);
    expect([...new Set(found(/bigchaindb-server-(\d[\d.]*\d)\.tgz/g).map(({ match }) => match))]).toEqual([
      version,
    ]);
  });

  it('the image exposes the ports it is bound to, and everything in front goes there', () => {
    const environment = imageEnvironment();
    const port = (variable: string): number => Number(environment[variable]?.replace(/^.*:/, ''));
    const bound = [
      port('BIGCHAINDB_SERVER_BIND'),
      port('BIGCHAINDB_WSSERVER_PORT'),
      port('BIGCHAINDB_MANAGEMENT_BIND'),
    ];
    expect(bound).toEqual([9984, 9985, 9986]);
    expect(deployText('image/Dockerfile')).toContain(`EXPOSE ${bound.join(' ')}\n`);
    expect(found(/containerPort: (99\d\d)/g).map(({ match }) => Number(match))).toEqual(bound);
    const upstreams = found(/^ {4}server \S+:(\d+)/gm, /upstreams/);
    expect(upstreams.length).toBeGreaterThanOrEqual(14);
    for (const { match } of upstreams) expect(bound.slice(0, 2)).toContain(Number(match));
    for (const file of deployFiles('settings.env')) {
      const variables = readVariables(deployText(file));
      for (const name of ['SERVER_BIND', 'MANAGEMENT_BIND'])
        if (variables[`BIGCHAINDB_${name}`] !== undefined)
          expect(bound).toContain(Number(variables[`BIGCHAINDB_${name}`]?.replace(/^.*:/, '')));
    }
    // Nothing else in this range is named anywhere.
    expect(new Set(found(/(?<![\d.])(99[78]\d)\b/g).map(({ match }) => Number(match)))).toEqual(
      new Set(bound),
    );
  });

  it('NGINX listens where containers, services and Compose say', () => {
    const listens = [...new Set(found(/listen (\d+)/g).map(({ match }) => Number(match)))].sort();
    expect(listens).toEqual([443, 80, 8080]);
    const edge = deployText('nginx/edge.yaml');
    const containers = [...edge.matchAll(/containerPort: (\d+)/g)].map(([, port]) => Number(port)).sort();
    expect(containers).toEqual(listens);
    expect(readCompose('compose/consortium.yaml').services.nginx?.ports).toEqual(['80:80', '443:443']);
  });

  it('whoever stops a node waits longer than it drains, and NGINX drops idle connections before the node does', () => {
    const graces = found(/(?:stop_grace_period: |terminationGracePeriodSeconds: |TimeoutStopSec=)(\d+)/g);
    expect(graces.length).toBeGreaterThanOrEqual(6);
    for (const { match } of graces) expect(Number(match) * 1000).toBeGreaterThan(2 * WEB.drainMs);
    // NGINX's own default, which no file changes.
    expect(found(/keepalive_timeout/g)).toEqual([]);
    expect(WEB.keepAliveTimeoutMs).toBeGreaterThan(60_000);
  });
});

describe('paths', () => {
  it('what a container reads is mounted there', () => {
    const { services } = readCompose('compose/consortium.yaml');
    const common = readVariables(deployText('compose/common.env'));
    for (const [name, service] of Object.entries(services)) {
      const targets = (service.secrets ?? []).map((each) => (typeof each === 'string' ? each : each.target));
      const values = [
        ...((service.env_file ?? []).includes('common.env') ? Object.values(common) : []),
        ...(service.command ?? []),
      ];
      const read = values.flatMap((value) => /\/run\/secrets\/(.*)$/.exec(value)?.[1] ?? []);
      expect([name, read.filter((file) => !targets.includes(file))]).toEqual([name, []]);
    }
    for (const overlay of ['member', 'gateway']) {
      const folder = `kubernetes/overlays/${overlay}`;
      const { secretGenerator } = parse(deployText(`${folder}/kustomization.yaml`)) as {
        secretGenerator: { name: string; files: string[] }[];
      };
      const keys = secretGenerator
        .find(({ name }) => name === 'bigchaindb-secrets')
        ?.files.map((file) => file.split('=')[0]);
      const values = Object.values(readVariables(deployText(`${folder}/settings.env`)));
      const read = values.flatMap((value) => /^\/run\/secrets\/bigchaindb\/(.*)$/.exec(value)?.[1] ?? []);
      expect(keys?.sort()).toEqual(read.sort());
      expect(found(/mountPath: (\/run\/secrets\/bigchaindb)$/gm, new RegExp(`${overlay}/`))).toHaveLength(1);
    }
  });

  it('what an operator installs is where the units look for it', () => {
    const units = found(/^(?:EnvironmentFile|ExecStart|StateDirectory|ReadWritePaths)=(\S+)/gm, /\.service$/);
    const paths = new Set(units.map(({ match }) => match));
    expect(paths).toContain('/etc/bigchaindb/settings.env');
    const script = deployText('cloud-init/node.yaml');
    const role = deployText('ansible/roles/bigchaindb/tasks/main.yaml');
    for (const text of [script, role]) {
      expect(text).toContain('--prefix /opt/bigchaindb ');
      expect(text).toContain('/etc/bigchaindb/');
      expect(text).toMatch(/-c[,\s]+\/var\/lib\/bigchaindb\/config\.json/);
      expect(text).toContain('/var/backups/bigchaindb');
    }
    expect(paths).toContain('/var/backups/bigchaindb');
    expect(paths).toContain('/opt/bigchaindb/bin/bigchaindb');
    // The package brings the units and the script of the backup.
    expect(paths).toContain('/opt/bigchaindb/lib/node_modules/bigchaindb-server/deploy/systemd/backup.sh');
    const { name, files } = JSON.parse(readText('package.json')) as { name: string; files: string[] };
    expect([name, files]).toEqual([
      'bigchaindb-server',
      expect.arrayContaining(['deploy', 'dist', 'schema']),
    ]);
    for (const unit of script.match(/bigchaindb[\w-]*\.(?:service|timer)/g) ?? [])
      expect(deployFiles()).toContain(`systemd/${unit}`);
  });

  it('every path of deploy/ that a file names is there', () => {
    const files = deployFiles();
    const named = found(/\bdeploy\/([\w./-]*\w)/g).filter(
      ({ match }) => match.includes('/') || match.includes('.'),
    );
    expect(named.length).toBeGreaterThan(20);
    const missing = named.filter(
      ({ match }) => !files.includes(match) && !files.some((file) => file.startsWith(`${match}/`)),
    );
    expect(missing.filter(({ match }) => !match.startsWith('compose/consortium'))).toEqual([]);
  });
});

describe('monitoring', () => {
  /** What node_exporter, blackbox_exporter and Prometheus itself bring. */
  const FOREIGN = new Set([
    'up',
    'probe_success',
    'probe_ssl_earliest_cert_expiry',
    // certificates.sh, by way of node_exporter.
    'certificate_file_ends_seconds',
    'node_filesystem_avail_bytes',
    'node_filesystem_size_bytes',
    'node_timex_offset_seconds',
    'node_timex_sync_status',
  ]);

  function definitionOfSeries(name: string): MetricDefinition | undefined {
    const table: Readonly<Record<string, MetricDefinition>> = METRICS;
    const family = name.replace(/_(bucket|sum|count)$/, '');
    return table[name] ?? (table[family]?.kind === 'histogram' ? table[family] : undefined);
  }

  it('every metric and every label is one of the node, or of an exporter', () => {
    const series = found(
      /\b((?:bigchaindb|process|nodejs|node|probe|certificate)_(?!exporter)[a-z_]+(?:\{[^}]*\})?)/g,
      /^monitoring\/.*(yaml|json)$/,
    );
    expect(series.length).toBeGreaterThan(60);
    const unknown = series.filter(({ match }) => {
      const [name = '', selector = ''] = match.split('{');
      if (FOREIGN.has(name)) return false;
      const definition = definitionOfSeries(name);
      if (definition === undefined) return true;
      const labels = [...selector.matchAll(/([a-z_]+)(?:=~|!~|!=|=)/g)].map(([, label]) => label);
      const known: readonly (string | undefined)[] = [...definition.labels, 'le', 'job', 'instance', 'role'];
      return labels.some((label) => !known.includes(label));
    });
    expect(unknown).toEqual([]);
  });

  it('every alert has a test, or is about an exporter', () => {
    const alerts = found(/- alert: (\w+)/g, /alerts\.yaml$/).map(({ match }) => match);
    const tested = new Set(found(/alertname: (\w+)/g, /alerts-test/).map(({ match }) => match));
    expect(alerts.length).toBeGreaterThan(12);
    expect([...tested].filter((name) => !alerts.includes(name))).toEqual([]);
    expect(alerts.filter((name) => !tested.has(name)).sort()).toEqual(UNTESTED);
  });

  const UNTESTED = ['ClockWrong', 'DecisionsSlow', 'DoorClosed', 'EventLoopLate', 'LogLinesLost'];
});
