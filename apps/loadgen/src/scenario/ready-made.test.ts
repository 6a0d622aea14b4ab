import { fileURLToPath } from 'node:url';
import { artemisHome } from '@ws-arena/infra/artemis-dist';
import { JavaProgramUnavailable } from '@ws-arena/infra/java-program';
import { defaultSpec, type LoadSpec, type ScenarioSpec } from '@ws-arena/load/load-spec';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runJob } from '../processes/job.ts';
import { expectAllCameBack } from '../testing/all-came-back.ts';
import { artemisServer } from '../testing/artemis-server.ts';
import { oneInN } from '../testing/one-in-n.ts';
import {
  chatServer,
  type Drops,
  graphqlServer,
  lossyRelay,
  mqttServer,
  type ProtocolServer,
  rpcServer,
} from '../testing/protocol-servers.ts';
import { testClient } from '../testing/test-client.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

let server: ProtocolServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const open = {
  kind: 'open',
  ratePerSec: 2000,
  over: 'all',
  arrivals: 'constant',
  profile: 'constant',
} as const;

function run(scenario: ScenarioSpec, values: Partial<LoadSpec>, stop?: AbortSignal) {
  const job = { connections: 4, load: open, durationMs: 200, drainMs: 10_000 };
  return runJob({ ...defaultSpec, urls: [server!.url], scenario, ...job, ...values }, testClient(stop));
}

const login = { user: 'ann', password: 'secret' };
const graphql = {
  init: '{"user":"ann"}',
  query: 'query ($text: String) { echo(text: $text) }',
  variables: '{"text":"{content}"}',
};
const chat = fileURLToPath(new URL('../../examples/chat.ts', import.meta.url));
const json = {
  login: '{"type":"login","user":"ann-0"}',
  message: '{"type":"say","room":"room of ann-0","id":"{slot}","text":"{content}"}',
};

type Protocol = readonly [string, (dropped?: Drops) => Promise<ProtocolServer>, ScenarioSpec];

const protocols: readonly Protocol[] = [
  ['JSON with id', chatServer, { name: 'json', params: json }],
  ['JSON-RPC 2.0', rpcServer, { name: 'json-rpc', params: {} }],
  ['JSON-RPC 2.0 with numbers as ids', rpcServer, { name: 'json-rpc', params: { id: 'number' } }],
  ['graphql-transport-ws', graphqlServer, { name: 'graphql', params: graphql }],
  ['MQTT 3.1.1', mqttServer, { name: 'mqtt', params: login }],
  ['MQTT 3.1.1, QoS 1', mqttServer, { name: 'mqtt', params: { ...login, qos: '1' } }],
  ['a file', chatServer, { name: chat, params: { user: 'ann' } }],
];

describe.each(protocols)('%s', (_, start, scenario) => countsTruly(start, scenario));

const home = await artemisHome().catch((error) => {
  if (!(error instanceof JavaProgramUnavailable)) throw error;
  console.warn(`skipped: STOMP and MQTT 5: ${error.message}`);
  return undefined;
});

/** The broker that speaks what no kept one of npm does. */
describe.skipIf(home === undefined)('Apache Artemis', () => {
  let broker: ProtocolServer | undefined;
  beforeAll(async () => {
    broker = await artemisServer(home!);
  }, 180_000);
  afterAll(() => broker?.stop());

  const stompServer = (dropped?: Drops) =>
    lossyRelay(broker!, (message) => message.includes('MESSAGE', 0, 'latin1'), dropped);
  // PUBLISH is packet type 3 (MQTT 5, 2.1.2).
  const mqtt5Server = (dropped?: Drops) => lossyRelay(broker!, (message) => message[0]! >> 4 === 3, dropped);
  const spoken: readonly Protocol[] = [
    ['STOMP 1.2', stompServer, { name: 'stomp', params: login }],
    ['MQTT 5', mqtt5Server, { name: 'mqtt', params: { ...login, version: '5' } }],
    ['MQTT 5, QoS 1', mqtt5Server, { name: 'mqtt', params: { ...login, version: '5', qos: '1' } }],
  ];

  describe.each(spoken)('%s', (_, start, scenario) => {
    countsTruly(start, scenario);

    test('a refused login is a failed handshake', async () => {
      server = await start();
      const params = { ...scenario.params, password: 'x' };
      await expect(run({ ...scenario, params }, {})).rejects.toThrow(/sent "ERROR|refused CONNECT with code/);
    });
  });
});

/** What holds of every protocol. */
function countsTruly(start: Protocol[1], scenario: ScenarioSpec): void {
  test('everything is answered', async () => {
    server = await start();
    const result = await run(scenario, {});
    expectAllCameBack(result, 400);
    expect(result.connections.closed).toEqual({});
  });

  test('what is not answered is counted, and has no latency', async () => {
    let handled = 0;
    server = await start(() => ++handled % 1000 === 0);
    const stop = new AbortController();
    // Nobody waits for what was dropped: the job ends some turns of the loop after the last message was handled.
    let turns = 0;
    const timer = setInterval(() => handled >= 2000 && ++turns === 10 && stop.abort(), 50);
    const { messages, latencyIntended } = await run(
      scenario,
      { durationMs: 1000, drainMs: 30_000 },
      stop.signal,
    );
    clearInterval(timer);
    const lost = oneInN(messages.sent, 1000);
    expect(lost).toBeGreaterThan(0);
    expect(messages).toMatchObject({ offered: 2000, lost, delivered: messages.sent - lost, corrupted: 0 });
    expect(latencyIntended).toBeDefined();
  });

  test('a closed loop sends the next message when one is answered', async () => {
    server = await start();
    const { messages } = await run(scenario, { load: { kind: 'closed', window: 4 } });
    expect(messages.sent).toBeGreaterThan(4);
    expect(messages).toMatchObject({ delivered: messages.sent, lost: 0, corrupted: 0, reordered: 0 });
  });
}

test.each([
  ['a file', chatServer, { name: chat, params: { user: 'bob' } }, 'the login was answered with stranger'],
  ['MQTT', mqttServer, { name: 'mqtt', params: { ...login, password: 'x' } }, 'refused CONNECT with code'],
  ['GraphQL', graphqlServer, { name: 'graphql', params: {} }, 'Forbidden|closed during the handshake'],
])('%s: a refused login is a failed handshake', async (_, start, scenario, reason) => {
  server = await start();
  await expect(run(scenario, {})).rejects.toThrow(new RegExp(reason));
});

test('handshakes are over when the session is open', async () => {
  server = await chatServer();
  const load = { kind: 'connect', ratePerSec: 100, concurrency: 1 } as const;
  const { handshakes, connections } = await run({ name: chat, params: { user: 'ann' } }, { load });
  expect(handshakes).toBeGreaterThan(0);
  expect(connections.failed).toEqual({});
});
