// The deployment files against the schemas of those who will read them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { targets } from '@ws-arena/contract/targets';
import { describe, expect, test } from 'vitest';
import { projectRoot } from './project-cache.ts';
import { composeLoader } from './testing/compose-loader.ts';
import {
  infraText,
  listAt,
  manifest,
  manifestPaths,
  withDefaults,
  yamlDocuments,
} from './testing/deployment-files.ts';
import { kubernetesValidator } from './testing/kubernetes-validator.ts';

describe.runIf(composeLoader)('compose.yaml', () => {
  const images = targets.filter(({ kind }) => kind !== 'bare' && kind !== 'remote');

  test.each(images)('is taken with TARGET=$name, and builds that image', ({ name }) => {
    const { ok, output } = composeLoader!({ TARGET: name });
    expect(output).toContain(`target: ${name}\n`);
    expect(ok).toBe(true);
  });

  test('with TLS it publishes that port alone, and mounts the folder that is given', () => {
    const { ok, output } = composeLoader!({ TLS_FOLDER: '/srv/tls' }, 'compose-tls.yaml');
    expect(output).toContain('source: /srv/tls\n');
    expect([...output.matchAll(/published: "(\d+)"/g)].map(([, port]) => port)).toContain('8443');
    expect(output).not.toContain('published: "8080"');
    expect(ok).toBe(true);
  });

  test('a file that is not right is refused', () => {
    expect(composeLoader!({ TARGET: '[]' }).ok).toBe(false);
  });
});

describe.runIf(kubernetesValidator)('the Kubernetes manifests', () => {
  test.each(manifestPaths)('%s', (path) => {
    expect(kubernetesValidator!(join('infra', path))).toBeUndefined();
  });

  test('a key that the schema does not have is an error', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'ws-arena-'));
    t.onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'server.yaml');
    writeFileSync(path, infraText('k8s/server.yaml').replace('strategy:', 'strategies:'));
    expect(kubernetesValidator!(path)).toContain('strategies');
  });
});

describe('the load generator takes the command line of', () => {
  const compose = yamlDocuments('compose.yaml')[0]!;
  test.each([
    ['the compose file', listAt(compose, 'services.ws-load.command')],
    ['the compose file with TLS', listAt(yamlDocuments('compose-tls.yaml')[0]!, 'services.ws-load.command')],
    ['its agents', listAt(compose, 'services.ws-client.command')],
    ['the Job', listAt(manifest('Job'), 'spec.template.spec.containers.0.args')],
    ['the Deployment', listAt(manifest('Deployment', 'ws-client'), 'spec.template.spec.containers.0.args')],
  ])('%s', (_, words) => {
    // A port that nothing listens on: wrong usage is exit code 2 before any connection, and this one must fail later.
    const args = words
      .map((word) => withDefaults(String(word)).replace('$(POD_NAME)', 'pod-1'))
      .map((word) => word.replace(/^--(url|redis)=(wss?|redis):\/\/[\w-]+:\d+/, '--$1=$2://127.0.0.1:1'));
    const child = spawnSync(process.execPath, ['apps/loadgen/src/main.ts', ...args], {
      cwd: projectRoot,
      encoding: 'utf8',
    });
    expect([child.status, child.stderr]).toEqual([1, expect.stringContaining('127.0.0.1:1')]);
  });
});
