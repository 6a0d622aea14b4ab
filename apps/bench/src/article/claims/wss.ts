import { certificateFiles } from '@ws-arena/infra/certificate';
import { defaultSpec } from '@ws-arena/load/load-spec';
import { residentBytes } from '../../measure/proc.ts';
import type { TestBed } from '../../processes/test-bed.ts';
import { bytes, claim, count, doesNotHold, holds, holdsIf } from '../claim.ts';
import { type Lane, openLoop, takeTurns } from '../lanes.ts';

const IDLE = 1000;

type Way = 'plain' | 'wss';

async function lanesOf(bed: TestBed): Promise<Record<Way, Lane<Way>>> {
  const server = await bed.server('gorilla');
  const files = await certificateFiles();
  const tls = { ...files, versions: ['TLSv1.3'], sessionReuse: true } as const;
  return {
    plain: { name: 'plain', server, proxy: await bed.proxy([server]) },
    wss: {
      name: 'wss',
      server,
      proxy: await bed.proxy([server], { tls }),
      spec: { tls: { ...defaultSpec.tls, ca: files.certificate } },
    },
  };
}

/** Whether a client that checks the certificate gets in. */
async function connects(bed: TestBed, { proxy, spec }: Lane<Way>): Promise<number> {
  const generator = await bed.generator();
  return generator.open({ ...defaultSpec, ...spec, urls: [proxy!.url] }).then(
    () => 1,
    () => 0,
  );
}

async function memoryOf(bed: TestBed, { proxy, spec }: Lane<Way>): Promise<number> {
  const generator = await bed.generator();
  const before = residentBytes(proxy!.pids());
  await generator.open({ ...defaultSpec, ...spec, urls: [proxy!.url], connections: IDLE });
  return (residentBytes(proxy!.pids()) - before) / IDLE;
}

export const wss = claim({
  id: 'wss',
  part: 'WSS',
  says: 'WSS for local development: a self-signed certificate and `listen 443 ssl` in Nginx.',
  experiment: `gorilla behind Nginx with and without TLS 1.3 (ECDSA P-256, sessions resumed): a client that knows the certificate and one that does not; 3,000 messages/s and 50 handshakes/s, slices in turns; ${IDLE} idle connections.`,
  measure: async (bed) => {
    const { plain, wss } = await lanesOf(bed);
    const memory = { plain: await memoryOf(bed, plain), wss: await memoryOf(bed, wss) };
    const lanes = [plain, wss];
    const messages = await takeTurns(bed, lanes, { session: { connections: 50 }, load: openLoop(3000) });
    const load = { kind: 'connect', ratePerSec: 50, concurrency: 0 } as const;
    const handshakes = await takeTurns(bed, lanes, { session: { connections: 0 }, load, sliceMs: 200 });
    return {
      'connects with the certificate known': count(await connects(bed, wss)),
      'connects with it unknown': count(await connects(bed, { ...wss, spec: {} })),
      'CPU of server and Nginx per message, WSS ÷ plain': messages.wss.costRatio(messages.plain),
      'CPU per handshake, plain': handshakes.plain.cost(),
      'CPU per handshake, WSS ÷ plain': handshakes.wss.costRatio(handshakes.plain),
      'p99 of a message, WSS ÷ plain': messages.wss.latencyRatio(messages.plain, 0.99),
      'memory of Nginx per idle connection, plain': bytes(memory.plain, IDLE),
      'memory of Nginx per idle connection, WSS': bytes(memory.wss, IDLE),
    };
  },
  judge: (figures) => {
    if (figures['connects with the certificate known'].value === 0)
      return doesNotHold('A client that knows the certificate did not get in.');
    const kib = (name: 'plain' | 'WSS') =>
      Math.round(figures[`memory of Nginx per idle connection, ${name}`].value / 1024);
    const cost = `It costs ${figures['CPU of server and Nginx per message, WSS ÷ plain'].value.toFixed(2)} times the CPU per message, ${figures['CPU per handshake, WSS ÷ plain'].value.toFixed(1)} times per handshake, and ${kib('WSS')} KiB of Nginx instead of ${kib('plain')}.`;
    return figures['connects with it unknown'].value === 1
      ? holds(cost)
      : holdsIf(
          `The client knows the certificate (\`mkcert -install\`) or does not check it (\`wscat -n\`). ${cost}`,
        );
  },
});
