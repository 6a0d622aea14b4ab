import type { LoadResult } from '@ws-arena/load/load-result';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { connectionsOf } from '../../measure/samples.ts';
import type { TestBed } from '../../processes/test-bed.ts';
import { claim, count, doesNotHold, holds, holdsIf, perSec, share } from '../claim.ts';
import { openLoop } from '../lanes.ts';

const CONNECTIONS = 300;
const GENERATORS = 10;

/** Echoes a second in a closed loop through Nginx. */
async function echoes(bed: TestBed, servers: number, processes: number): Promise<number> {
  const { result } = await loaded(bed, servers, { processes, load: { kind: 'closed', window: 4 } });
  return result.messages.delivered / (result.measuredNs / 1e9);
}

async function loaded(
  bed: TestBed,
  instances: number,
  spec: Partial<LoadSpec>,
): Promise<{ readonly result: LoadResult; readonly counts: readonly number[] }> {
  const servers = await bed.servers(instances, 'gorilla');
  const proxy = await bed.proxy(servers, { method: 'least_conn' });
  const generator = await bed.generator();
  let counts: Promise<readonly number[]> = Promise.resolve([]);
  const measuring = () => {
    counts = connectionsOf(servers);
  };
  const job = {
    ...defaultSpec,
    urls: [proxy.url],
    connections: CONNECTIONS,
    warmupMs: 500,
    durationMs: 3000,
  };
  const result = await generator.run({ ...job, ...spec }, { measuring });
  return { result, counts: await counts };
}

export const threeAndTen = claim({
  id: 'three-and-ten',
  part: 'Go',
  says: '`docker-compose up --scale ws-server=3 --scale ws-client=10`: three servers scale the service, ten clients load it.',
  experiment: `Three gorilla servers behind Nginx (least_conn) and ${GENERATORS} generator processes, ${CONNECTIONS} connections: 3,000 messages/s in an open loop, then echoes as fast as they come, with fewer servers and generators beside it.`,
  measure: async (bed) => {
    bed.unpin();
    const { result, counts } = await loaded(bed, 3, { processes: GENERATORS, load: openLoop(3000) });
    const { sent, lost, offered } = result.messages;
    return {
      'largest share of one of the 3 servers': share(Math.max(...counts) / CONNECTIONS, CONNECTIONS),
      'messages lost of those sent': count(lost, sent),
      'messages/s offered to 3 servers by 10 generators': perSec(offered / (result.measuredNs / 1e9)),
      'echoes/s, 3 servers and 10 generators': perSec(await echoes(bed, 3, GENERATORS)),
      'echoes/s, 3 servers and 1 generator': perSec(await echoes(bed, 3, 1)),
      'echoes/s, 1 server and 1 generator': perSec(await echoes(bed, 1, 1)),
    };
  },
  judge: (figures) => {
    const largest = figures['largest share of one of the 3 servers'].value;
    const lost = figures['messages lost of those sent'].value;
    if (lost > 0 || largest > 0.5)
      return doesNotHold(
        `${lost} messages were lost, and one server had ${Math.round(largest * 100)} % of the connections.`,
      );
    const [all, one] = [
      figures['echoes/s, 3 servers and 10 generators'].value,
      figures['echoes/s, 1 server and 1 generator'].value,
    ];
    const gain = `${(all / one).toFixed(2)} times the echoes of one server and one generator`;
    return all > one * 1.5
      ? holds(`Connections were spread, nothing was lost, and it gave ${gain}.`)
      : holdsIf(
          `There are cores for them. Connections were spread and nothing was lost, but on this machine it gave ${gain}.`,
        );
  },
});
