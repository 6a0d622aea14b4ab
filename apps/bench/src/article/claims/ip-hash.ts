import { targetNamed } from '@ws-arena/contract/targets';
import { defaultSpec } from '@ws-arena/load/load-spec';
import { manySubnets } from '../../balance/balance-clients.ts';
import { type BalanceFinding, balanceExperiment, settled } from '../../balance/balance-experiment.ts';
import { coefficientOfVariation } from '../../balance/spread.ts';
import type { TestBed } from '../../processes/test-bed.ts';
import { claim, count, doesNotHold, holds, holdsIf, share } from '../claim.ts';
import { openLoop } from '../lanes.ts';

const CLIENTS = 150;
const methods = ['ip_hash', 'least_conn'] as const;

/** The experiment of `pnpm bench balance`: three instances, and clients with addresses of their own. */
const findings = (bed: TestBed): Promise<Record<(typeof methods)[number], BalanceFinding>> =>
  bed.shared.once('balance', async () => {
    const of = (method: (typeof methods)[number]) =>
      balanceExperiment(targetNamed('ws')!, method, CLIENTS, bed.interrupted);
    return { ip_hash: await of('ip_hash'), least_conn: await of('least_conn') };
  });

const MEMBERS = 30;

/** One member of a room speaks: the share of its members, clients of as many networks, that hear it. */
async function heard(bed: TestBed): Promise<number> {
  const proxy = await bed.proxy(await bed.servers(3, 'ws'), { method: 'ip_hash' });
  const generator = await bed.generator();
  const { messages } = await generator.run({
    ...defaultSpec,
    urls: [`${proxy.url}?room=hall`],
    connections: MEMBERS,
    sourceAddresses: manySubnets(MEMBERS),
    load: { kind: 'broadcast', ratePerSec: 20 },
  });
  return messages.delivered / messages.expected;
}

/** How many of the connections that least_conn spread are on another instance after a second of messages. */
async function moved(bed: TestBed): Promise<number> {
  const instances = await bed.servers(3, 'ws');
  const proxy = await bed.proxy(instances, { method: 'least_conn' });
  const generator = await bed.generator();
  const session = await generator.open({ ...defaultSpec, urls: [proxy.url], connections: CLIENTS });
  const before = await settled(instances, CLIENTS);
  await generator.slice(session, { load: openLoop(1500), durationMs: 1000, drainMs: 2000 });
  const after = await settled(instances, CLIENTS);
  return before.reduce((sum, n, i) => sum + Math.abs(n - after[i]!), 0) / 2;
}

export const ipHashNeeded = claim({
  id: 'ip-hash-needed',
  part: 'Balancing',
  says: 'WebSocket is stateful, so ip_hash (sticky sessions) is mandatory.',
  experiment: `Three instances. ${CLIENTS} connections under load; clients that leave and come back; a room of ${MEMBERS} members of as many networks, without Redis.`,
  measure: async (bed) => {
    const { least_conn, ip_hash } = await findings(bed);
    return {
      'open connections that changed their instance, least_conn': count(await moved(bed), CLIENTS),
      'clients that come back to their instance, least_conn': share(least_conn.sameInstance),
      'the same, ip_hash': share(ip_hash.sameInstance),
      'messages that reach the members of a room, ip_hash': share(await heard(bed)),
    };
  },
  judge: (figures) => {
    if (figures['open connections that changed their instance, least_conn'].value > 0)
      return holds('Open connections changed their instance without it.');
    const [other, sticky] = [
      figures['clients that come back to their instance, least_conn'].value,
      figures['the same, ip_hash'].value,
    ];
    const room = figures['messages that reach the members of a room, ip_hash'].value;
    const shared = room < 1 ? ' What clients share, such as a room, is split by ip_hash too.' : '';
    return sticky > other
      ? holdsIf(
          `State must outlive a connection, so that a client must come back to its instance. An open WebSocket stays where it is with any method.${shared}`,
        )
      : doesNotHold(
          `An open WebSocket stays where it is, and ip_hash did not bring more clients back.${shared}`,
        );
  },
});

export const ipHashBalances = claim({
  id: 'ip-hash-balances',
  part: 'Balancing',
  says: 'Balancing over the replicas by ip_hash (with 10 clients in one compose network).',
  experiment: `${CLIENTS} clients of one /24, as a compose network has them, and ${CLIENTS} of as many networks, over three instances.`,
  measure: async (bed) => {
    const { ip_hash, least_conn } = await findings(bed);
    const largest = (counts: readonly number[]) => share(Math.max(...counts) / CLIENTS, CLIENTS);
    return {
      'largest share of one of 3 instances, clients of one /24, ip_hash': largest(ip_hash.oneSubnet),
      'the same, least_conn': largest(least_conn.oneSubnet),
      'clients of many networks, ip_hash': largest(ip_hash.manySubnets),
      'coefficient of variation, one /24, ip_hash': share(coefficientOfVariation(ip_hash.oneSubnet)),
      'coefficient of variation, many networks, ip_hash': share(coefficientOfVariation(ip_hash.manySubnets)),
    };
  },
  judge: (figures) => {
    const near = figures['largest share of one of 3 instances, clients of one /24, ip_hash'].value;
    const far = figures['clients of many networks, ip_hash'].value;
    if (near <= 0.5) return holds('Clients of one network are spread too.');
    return far <= 0.5
      ? holdsIf(
          'Clients come from many networks. ip_hash keys on three octets of an IPv4 address, so all of one /24, as in the article’s compose network or behind one NAT, are on one instance.',
        )
      : doesNotHold('Clients of many networks were not spread either.');
  },
});
