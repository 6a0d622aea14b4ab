import { certificateFiles } from '@ws-arena/infra/certificate';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Case } from '@ws-arena/results/trial';
import type { Session } from '../measure/session.ts';
import { sessionOf } from '../plan/loads.ts';
import type { Generator } from './generator.ts';
import type { HttpGenerator } from './http-generator.ts';
import type { ServedTarget } from './served-target.ts';

/** Opens the connections that the slices of a case load. */
export async function loadSession(
  generator: Generator,
  one: Case,
  served: ServedTarget,
  spec: LoadSpec,
): Promise<Session> {
  const urls = await served.urls(one, spec.connections);
  const handle = await generator.open(sessionOf(await trusting(one, spec), served.target, urls));
  return {
    ...served.onWay(one, () => generator.pids),
    slice: (slice) => generator.slice(handle, slice),
    close: () => generator.close(handle),
  };
}

/** The certificate of our own Nginx is self-made: it is trusted by name, and nothing else is. */
export async function trusting(one: Case, spec: LoadSpec): Promise<LoadSpec> {
  if (one.route !== 'nginx-tls') return spec;
  const { certificate } = await certificateFiles();
  return { ...spec, tls: { ...spec.tls, verify: true, ca: certificate } };
}

const HTTP_CONNECTIONS = 10;

/** Requests need no connections beforehand: autocannon opens its own in each slice. */
export function httpSession(generator: HttpGenerator, one: Case, served: ServedTarget): Session {
  const [server] = served.servers;
  const polling = `${new URL(server!.url).pathname}?EIO=4&transport=polling`;
  const request = {
    url: `${server!.httpUrl}${one.params.path === 'polling' ? polling : one.params.path}`,
    connections: HTTP_CONNECTIONS,
    ratePerSec: Number(one.params.ratePerSec),
  };
  return {
    ...served.onWay(one, () => [generator.pid]),
    slice: () => generator.slice(request),
    close: async () => {},
  };
}
