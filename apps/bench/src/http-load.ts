import { constants, setPriority } from 'node:os';
import { commandPrefix } from '@ws-arena/contract/command-prefix';
import { repoRoot } from '@ws-arena/contract/repo-root';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Warning } from '@ws-arena/load/warning';
import type { Case, HttpResult, Trial, Usage } from '@ws-arena/results/trial';
import type { Arena } from './arena.ts';
import { LineProcess } from './line-process.ts';
import type { ServedTarget } from './served-target.ts';
import { UsageMeter } from './usage-meter.ts';

const HTTP_CONNECTIONS = 10;
/** autocannon runs for whole seconds. */
const HTTP_SECONDS = 1;
/** Beside WebSocket load, so that the requests leave the generator's core to the messages whose latency is measured. */
const RATE_BESIDE = 2000;
const BESIDE_MS = 600;

type Measured = Pick<Trial, 'load' | 'http' | 'usage'> & { readonly warnings: readonly Warning[] };

/**
 * Requests to `/healthz` or to Socket.IO's polling handshake by autocannon; beside nothing, or beside an open loop of
 * WebSocket messages whose latency shows what the requests cost them.
 */
export async function httpLoad(
  arena: Arena,
  served: ServedTarget,
  one: Case,
  spec: LoadSpec,
  stop: AbortSignal,
): Promise<Measured> {
  if (one.params.beside === 'nothing') return { ...(await requests(arena, served, one, stop)), warnings: [] };
  const generator = await arena.generator();
  const clients: { load?: Promise<LoadResult> } = {};
  // The requests begin first and end last, so that all of the messages' window is beside them.
  const done = await requests(arena, served, one, stop, () => {
    clients.load = generator.run({ ...spec, warmupMs: 50, durationMs: BESIDE_MS }, {}, stop);
  });
  const load = await clients.load!;
  return { ...done, load, warnings: load.warnings };
}

async function requests(
  arena: Arena,
  served: ServedTarget,
  one: Case,
  stop: AbortSignal,
  onBegin: () => void = () => {},
): Promise<{ http: HttpResult; usage?: NonNullable<Trial['usage']> }> {
  const path =
    one.params.path === 'polling'
      ? `${new URL(served.servers[0]!.url).pathname}?EIO=4&transport=polling`
      : one.params.path;
  const alone = one.params.beside === 'nothing';
  const command = [process.execPath, 'apps/bench/src/http-main.ts', `${served.servers[0]!.httpUrl}${path}`];
  const load = new LineProcess(
    [
      ...commandPrefix(arena.pinning.generator),
      ...command,
      ...[HTTP_CONNECTIONS, HTTP_SECONDS, alone ? 0 : RATE_BESIDE].map(String),
    ],
    repoRoot,
  );
  // The messages whose latency is measured go first on the core that both loads share.
  if (!alone && load.pid !== 0) setPriority(load.pid, constants.priority.PRIORITY_LOW);
  const meters = {
    server: new UsageMeter(() => served.serverPids()),
    generator: new UsageMeter(() => [load.pid]),
  };
  const kill = () => load.child.kill('SIGKILL');
  stop.addEventListener('abort', kill, { once: true });
  try {
    let used: { server?: Usage | undefined; generator?: Usage | undefined } = {};
    let startedNs = 0;
    const http = await new Promise<HttpResult>((resolve, reject) => {
      load.onLine = (line) => {
        if (line.event === 'measuring') {
          startedNs = Number(process.hrtime.bigint());
          meters.server.start();
          meters.generator.start();
          onBegin();
        } else if (line.event === 'measured') {
          const windowNs = Number(process.hrtime.bigint()) - startedNs;
          used = { server: meters.server.stop(windowNs), generator: meters.generator.stop(windowNs) };
        } else if (line.event === 'result') resolve(line.http as HttpResult);
      };
      void load.exited.then((how) => reject(new Error(`the HTTP load ${how}`)));
    });
    const { server, generator } = used;
    return { http, ...(server && generator && { usage: { server, generator } }) };
  } finally {
    for (const meter of Object.values(meters)) meter.stop(0);
    stop.removeEventListener('abort', kill);
    await load.exited;
  }
}
