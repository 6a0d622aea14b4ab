// What Nginx itself says of the handshakes of a case: their version, and whether they resumed a session.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { targetNamed } from '@ws-arena/contract/targets';
import { startBackend } from '@ws-arena/infra/testing/backend';
import { nginxHere } from '@ws-arena/infra/testing/nginx-here';
import { rawProxy } from '@ws-arena/infra/testing/proxied';
import type { Case } from '@ws-arena/results/trial';
import { expect, onTestFinished, test } from 'vitest';
import { benchConfig } from '../plan/bench-config.ts';
import { sessionOf, slicedLoad } from '../plan/loads.ts';
import { Generator } from './generator.ts';
import { trusting } from './open-session.ts';
import { proxyTls } from './served-target.ts';

/** The log of the handshakes of `one`, made one after another for 300 ms: `TLSv1.3 r` is a resumed one, `TLSv1.3 .` a full one. */
async function handshakes(one: Case): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const log = join(folder, 'handshakes.log');
  const backend = await startBackend('a');
  onTestFinished(async () => {
    await backend.die();
    rmSync(folder, { recursive: true });
  });
  const { port } = await rawProxy(
    { onTestFinished },
    { upstreams: [backend.upstream], tls: await proxyTls(one) },
    (config) =>
      config.replace(
        'access_log off;',
        `log_format tls "$ssl_protocol $ssl_session_reused"; access_log ${log} tls;`,
      ),
  );
  const config = benchConfig({ targets: 'ws', routes: 'nginx-tls' });
  const url = `wss://127.0.0.1:${port}/ws-notifications`;
  const spec = await trusting(one, slicedLoad(one, config).session);
  const session = sessionOf(spec, targetNamed('ws')!, [url]);
  const generator = await Generator.start([]);
  onTestFinished(() => generator.end());
  const load = { kind: 'connect', ratePerSec: 0, concurrency: 1 } as const;
  const result = await generator.run({ ...session, load, durationMs: 300 });
  expect(result.handshakes).toBeGreaterThan(1);
  expect(result.connections.failed).toEqual({});
  return readFileSync(log, 'utf8').trim().split('\n');
}

test.runIf(nginxHere).each([
  { tls: '1.2', tlsReuse: 'on' },
  { tls: '1.2', tlsReuse: 'off' },
  { tls: '1.3', tlsReuse: 'on' },
  { tls: '1.3', tlsReuse: 'off' },
] as const)('TLS $tls with session reuse $tlsReuse', async ({ tls, tlsReuse }) => {
  const params = { ratePerSec: 1, tls, tlsReuse };
  const [first, ...others] = await handshakes({
    scenario: 'connect',
    target: 'ws',
    route: 'nginx-tls',
    params,
  });
  expect(first).toBe(`TLSv${tls} .`);
  expect(new Set(others)).toEqual(new Set([`TLSv${tls} ${tlsReuse === 'on' ? 'r' : '.'}`]));
});
