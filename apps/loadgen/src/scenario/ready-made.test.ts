import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultSpec, type LoadSpec, type ScenarioSpec } from '@ws-arena/load/load-spec';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { runJob } from '../processes/job.ts';
import { expectAllCameBack } from '../testing/all-came-back.ts';
import { oneInN } from '../testing/one-in-n.ts';
import {
  chatServer,
  graphqlServer,
  mosquittoServer,
  mqttServer,
  type ProtocolServer,
  rabbitmq,
  rpcServer,
  stompServer,
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

function run(scenario: ScenarioSpec, values: Partial<LoadSpec>) {
  const job = { connections: 4, load: open, durationMs: 200, drainMs: 10_000 };
  return runJob({ ...defaultSpec, urls: [server!.url], scenario, ...job, ...values }, testClient());
}

const mqtt = { user: 'ann', password: 'secret' };
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

const protocols: readonly [string, (dropOneIn?: number) => Promise<ProtocolServer>, ScenarioSpec][] = [
  ['JSON with id', chatServer, { name: 'json', params: json }],
  ['JSON-RPC 2.0', rpcServer, { name: 'json-rpc', params: {} }],
  ['JSON-RPC 2.0 with numbers as ids', rpcServer, { name: 'json-rpc', params: { id: 'number' } }],
  ['graphql-transport-ws', graphqlServer, { name: 'graphql', params: graphql }],
  ['MQTT 3.1.1', mqttServer, { name: 'mqtt', params: mqtt }],
  ['MQTT 3.1.1, QoS 1', mqttServer, { name: 'mqtt', params: { ...mqtt, qos: '1' } }],
  ['a file', chatServer, { name: chat, params: { user: 'ann' } }],
];

describe.each(protocols)('%s', (_, start, scenario) => {
  test('everything is answered', async () => {
    server = await start();
    const result = await run(scenario, {});
    expectAllCameBack(result, 400);
    expect(result.connections.closed).toEqual({});
  });

  test('what is not answered is counted, and has no latency', async () => {
    server = await start(1000);
    const { messages, latencyIntended } = await run(scenario, { durationMs: 1000, drainMs: 1500 });
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
});

test.each([
  ['a file', chatServer, { name: chat, params: { user: 'bob' } }, 'the login was answered with stranger'],
  ['MQTT', mqttServer, { name: 'mqtt', params: { ...mqtt, password: 'x' } }, 'refused CONNECT with code'],
  ['GraphQL', graphqlServer, { name: 'graphql', params: {} }, 'Forbidden|closed during the handshake'],
])('%s: a refused login is a failed handshake', async (_, start, scenario, reason) => {
  server = await start();
  await expect(run(scenario, {})).rejects.toThrow(new RegExp(reason));
});

/** The broker aedes refuses MQTT 5. */
const hasMosquitto = spawnSync('mosquitto', ['-h']).error === undefined;
if (!hasMosquitto) console.warn('skipped: MQTT 5: the broker mosquitto is not installed');

describe.skipIf(!hasMosquitto)('MQTT 5', () => {
  test.each(['0', '1'])('everything is answered, QoS %s', async (qos) => {
    server = await mosquittoServer();
    const result = await run({ name: 'mqtt', params: { version: '5', qos } }, {});
    expectAllCameBack(result, 400);
    expect(result.connections.closed).toEqual({});
  });
});

const hasRabbitmq = existsSync(rabbitmq);
if (!hasRabbitmq)
  console.warn('skipped: STOMP: RabbitMQ is not installed, and npm has no broker that is kept');

describe.skipIf(!hasRabbitmq)('STOMP', () => {
  test('everything is answered', async () => {
    server = await stompServer();
    const params = { user: 'guest', password: 'guest' };
    const result = await run({ name: 'stomp', params }, {});
    expectAllCameBack(result, 400);
    expect(result.connections.closed).toEqual({});
    const refused = run({ name: 'stomp', params: { ...params, password: 'x' } }, {});
    await expect(refused).rejects.toThrow(/CONNECTED was expected, and the server sent "ERROR/);
  }, 180_000);
});

test('handshakes are over when the session is open', async () => {
  server = await chatServer();
  const load = { kind: 'connect', ratePerSec: 100, concurrency: 1 } as const;
  const { handshakes, connections } = await run({ name: chat, params: { user: 'ann' } }, { load });
  expect(handshakes).toBeGreaterThan(0);
  expect(connections.failed).toEqual({});
});
