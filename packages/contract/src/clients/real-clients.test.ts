import { parseConfig } from '@ws-arena/config/parse-config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../running-server.ts';
import { provenTargets } from '../suite/proven-targets.ts';
import { keptLevel } from '../suite/suite-configs.ts';
import { TargetUnavailable } from '../target-unavailable.ts';
import type { Target } from '../targets.ts';
import { compressible, incompressible } from './payloads.ts';
import { ClientMissing, type RealClient, realClients, type Sighting, sightings } from './real-client.ts';

const { readLimitBytes: LIMIT_BYTES } = parseConfig();
const targets = provenTargets.filter(({ capabilities }) => capabilities.wire === 'websocket');

const messages = [
  { name: 'a text', kind: 'text', data: Buffer.from('grüße, 👋') },
  { name: 'an empty text', kind: 'text', data: Buffer.alloc(0) },
  { name: 'bytes', kind: 'binary', data: incompressible(300) },
  { name: 'no bytes', kind: 'binary', data: Buffer.alloc(0) },
  { name: 'a text of the limit', kind: 'text', data: Buffer.from(compressible(LIMIT_BYTES)) },
  { name: 'bytes of the limit that do not compress', kind: 'binary', data: incompressible(LIMIT_BYTES) },
  { name: 'a text of one byte more', kind: 'text', data: Buffer.from(compressible(LIMIT_BYTES + 1)) },
  {
    name: 'bytes of one byte more that do not compress',
    kind: 'binary',
    data: incompressible(LIMIT_BYTES + 1),
  },
] as const;

/** What is seen in words that differ by nothing but what matters. */
function words({ data }: (typeof messages)[number], { echo, pong, closeCode, agreed }: Sighting): string {
  const answered = data.length > LIMIT_BYTES ? '' : `, ${pong}`;
  return `${agreed}: echo ${echo}${answered}, close ${closeCode}`;
}

function expected(client: RealClient, target: Target, deflate: boolean): string[] {
  const compresses = deflate && target.capabilities.deflateLevels.length > 0;
  const agreed = compresses && client.offersDeflate ? 'deflate' : 'plain';
  return messages.map(({ data }) =>
    data.length > LIMIT_BYTES
      ? `${agreed}: echo none, close ${target.capabilities.overLimitCode}`
      : `${agreed}: echo same, ${client.pings ? 'pong' : 'n/a'}, close 4001`,
  );
}

type Servers = readonly [plain: RunningServer, deflate: RunningServer];
const servers = new Map<Target, Servers | TargetUnavailable>();

beforeAll(async () => {
  await Promise.all(
    targets.map(async (target) => {
      const start = (deflateLevel: number) =>
        startServer(target, parseConfig({ port: 0, deflateLevel }), { startTimeoutMs: 60_000 });
      const both = Promise.all([start(0), start(keptLevel(target.capabilities))]);
      servers.set(
        target,
        await both.catch((error: unknown) => {
          if (error instanceof TargetUnavailable) return error;
          throw error;
        }),
      );
    }),
  );
});

afterAll(async () => {
  const running = [...servers.values()].flatMap((each) => (each instanceof Error ? [] : each));
  await Promise.all(running.map((server) => server.kill()));
});

describe.each(realClients)('$name', (client) => {
  let run: Promise<Map<Target, string[][]>> | undefined;

  test.for(targets)('$name, without deflate and with it', async (target, { skip }) => {
    const both = servers.get(target)!;
    if (both instanceof TargetUnavailable) skip(`the target ${target.name}: ${both.message}`);
    run ??= seenBy(client);
    const seen = await run.catch((error: unknown) => {
      if (error instanceof ClientMissing) skip(`the client ${client.name}: ${error.message}`);
      throw error;
    });
    expect(seen.get(target)).toEqual([expected(client, target, false), expected(client, target, true)]);
  });
});

/** What a client saw on each target's two servers; one process for all, since some take long to start. */
async function seenBy(client: RealClient): Promise<Map<Target, string[][]>> {
  const command = await client.find();
  const started = [...servers].flatMap(([target, both]) => (both instanceof Error ? [] : { target, both }));
  const tasks = started.flatMap(({ both }) =>
    both.flatMap(({ url }) => messages.map(({ kind, data }) => ({ url, kind, data }))),
  );
  const all = await sightings(command, tasks);
  return new Map(
    started.map(({ target }) => {
      const next = () => messages.map((message) => words(message, all.shift()!));
      return [target, [next(), next()]];
    }),
  );
}
