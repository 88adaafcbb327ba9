// Danger: a file under deploy/ that no program would take, found out on the day it is needed.
// Method: every file belongs to a kind, and every kind is parsed and held against the schema or the program that will
// read it, where one can be had without an engine or a cloud.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { copyOfDeploy, deployFiles, deployText, temporaryFolder } from './support/files.js';
import { CLOUD_CONFIG_SCHEMA, DEPLOY, itWith, run, succeed } from './support/tools.js';

const inDeploy = { cwd: DEPLOY };
const OVERLAYS = ['single', 'member', 'gateway'] as const;

it('every file is of a kind that a test below reads', () => {
  const known =
    /\.(ya?ml|json|js|sh|tf|conf|env|service|timer|md|j2)$|^image\/Dockerfile(\.dockerignore)?$|\.gitignore$/;
  expect(deployFiles().filter((path) => !known.test(path))).toEqual([]);
  expect(deployFiles().length).toBeGreaterThan(60);
});

it('every YAML file parses, without a key given twice', () => {
  const wrong = deployFiles()
    .filter((path) => /\.ya?ml$/.test(path))
    .flatMap((path) =>
      parseAllDocuments(deployText(path), { merge: true }).flatMap(({ errors }) =>
        errors.map((error) => `${path}: ${error.message}`),
      ),
    );
  expect(wrong).toEqual([]);
});

it('every JSON file parses', () => {
  for (const path of deployFiles('.json')) expect(() => JSON.parse(deployText(path))).not.toThrow();
});

it('every file of environment variables is lines of NAME=value', () => {
  const wrong = deployFiles('.env').flatMap((path) =>
    deployText(path)
      .split('\n')
      .filter((line) => !/^(#.*|[A-Z][A-Z0-9_]*=.*)?$/.test(line))
      .map((line) => `${path}: ${line}`),
  );
  expect(wrong).toEqual([]);
});

itWith(['shellcheck'], 'shell scripts pass shellcheck', async () => {
  const scripts = [...deployFiles('.sh').map((path) => join(DEPLOY, path)), 'test/deploy/install-tools.sh'];
  await succeed('shellcheck', scripts);
});

itWith(['check-jsonschema'], 'Compose files hold to the Compose specification', async () => {
  const files = deployFiles('.yaml').filter((path) => path.startsWith('compose/'));
  expect(files).toHaveLength(2);
  await succeed('check-jsonschema', ['--builtin-schema', 'vendor.compose-spec', ...files], inDeploy);
});

itWith(['hadolint'], 'the Dockerfile passes hadolint', async () => {
  await succeed('hadolint', ['image/Dockerfile'], inDeploy);
});

describe('Kubernetes', () => {
  /** Renders an overlay with made-up secrets: the real ones are never in the repository. */
  async function render(overlay: string, components: readonly string[] = []): Promise<string> {
    const folder = join(copyOfDeploy(), 'kubernetes/overlays', overlay);
    const kustomization = join(folder, 'kustomization.yaml');
    const text = readFileSync(kustomization, 'utf8');
    for (const [, file = ''] of text.matchAll(/=(secrets\/\S+)/g)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), 'made up\n');
    }
    const more = components.map((component) => `  - ../../components/${component}\n`).join('');
    writeFileSync(
      kustomization,
      text.replace('  - ../../../nginx\n', (line) => line + more),
    );
    const path = join(temporaryFolder(), `${overlay}.yaml`);
    writeFileSync(path, await succeed('kubectl', ['kustomize', folder]));
    return path;
  }

  for (const overlay of OVERLAYS)
    itWith(['kubectl', 'kubernetes-validate'], `overlay ${overlay} holds to the schemas`, async () => {
      const path = await render(overlay);
      const said = await succeed('kubernetes-validate', ['--strict', path]);
      expect(said).toContain('statefulset/bigchaindb against');
    });

  itWith(
    ['kubectl', 'kubernetes-validate'],
    'with an ingress, too, and the edge is no balancer',
    async () => {
      const path = await render('single', ['ingress']);
      await succeed('kubernetes-validate', ['--strict', path]);
      expect(readFileSync(path, 'utf8')).toContain('type: ClusterIP');
      expect(readFileSync(path, 'utf8')).not.toContain('LoadBalancer');
    },
  );

  itWith(['kubernetes-validate'], 'the restore job holds to the schemas', async () => {
    await succeed('kubernetes-validate', ['--strict', 'kubernetes/restore.yaml'], inDeploy);
  });

  itWith(['kubectl', 'kubernetes-validate'], 'a mistake would be found', async () => {
    const path = await render('single');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('readOnlyRootFilesystem', 'readOnlyRootFileSystem'),
    );
    expect((await run('kubernetes-validate', ['--strict', path])).code).not.toBe(0);
  });
});

describe('machines in clouds', () => {
  itWith(
    ['check-jsonschema', CLOUD_CONFIG_SCHEMA],
    'cloud-init holds to the schema of cloud-config',
    async () => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'settings'), 'BIGCHAINDB_KEYRING=one\n');
      const parameters = ['https://files.example/release.tgz', 'a'.repeat(64), join(folder, 'settings')];
      const rendered = await succeed('cloud-init/render.sh', parameters, inDeploy);
      expect(rendered).not.toContain('${');
      expect(rendered).toContain(Buffer.from('BIGCHAINDB_KEYRING=one\n').toString('base64'));
      writeFileSync(join(folder, 'node.yaml'), rendered);
      await succeed('check-jsonschema', ['--schemafile', CLOUD_CONFIG_SCHEMA, join(folder, 'node.yaml')]);
    },
  );

  itWith(['gzip'], 'packed, it fits into a parameter of CloudFormation', async () => {
    const packed = await succeed('cloud-init/render.sh', ['--packed', 'https://x', 'a'.repeat(64)], inDeploy);
    expect(packed.length).toBeLessThan(4096);
  });

  itWith(['shellcheck'], 'the scripts inside cloud-init pass shellcheck', async () => {
    const { write_files: files } = parse(deployText('cloud-init/node.yaml')) as {
      write_files: { path: string; content: string }[];
    };
    const scripts = files.filter(({ content }) => content.startsWith('#!/bin/bash'));
    expect(scripts).toHaveLength(2);
    for (const { path, content } of scripts) {
      const copy = join(temporaryFolder(), basename(path));
      writeFileSync(copy, content);
      await succeed('shellcheck', [copy]);
    }
  });

  itWith(['cfn-lint'], 'CloudFormation stacks pass cfn-lint', async () => {
    const stacks = deployFiles('.yaml').filter((path) => path.startsWith('cloudformation/'));
    expect(stacks).toHaveLength(2);
    await succeed('cfn-lint', stacks, inDeploy);
  });

  itWith(['terraform'], 'Terraform modules parse and are formatted', async () => {
    const environment = { TF_CLI_CONFIG_FILE: '/dev/null' };
    await succeed('terraform', ['fmt', '-check', '-diff', '-recursive', 'terraform'], {
      ...inDeploy,
      environment,
    });
  });

  itWith(['terraform', '/opt/tf-plugins'], 'the module for AWS is valid for its provider', async () => {
    const folder = copyOfDeploy();
    const configuration = join(folder, 'terraform.rc');
    writeFileSync(
      configuration,
      'provider_installation {\n  filesystem_mirror {\n    path = "/opt/tf-plugins"\n  }\n}\n',
    );
    const options = {
      cwd: join(folder, 'terraform/aws'),
      environment: { TF_CLI_CONFIG_FILE: configuration },
    };
    await succeed('terraform', ['init', '-backend=false', '-input=false'], options);
    expect(await succeed('terraform', ['validate', '-no-color'], options)).toContain(
      'The configuration is valid',
    );
  });
});
