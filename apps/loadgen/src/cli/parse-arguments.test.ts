import { resolve } from 'node:path';
import { defaultSpec } from '@ws-arena/load/load-spec';
import { describe, expect, test } from 'vitest';
import { helpText } from './help.ts';
import { cliOptionNames, cliOptions } from './options.ts';
import { type CliRequest, parseArguments } from './parse-arguments.ts';
import { UsageError } from './usage-error.ts';

function parse(line: string): CliRequest {
  const request = parseArguments(['--url', 'ws://h:1/p', ...line.split(' ').filter(Boolean)]);
  if (request === 'help') throw new Error('help');
  return request;
}

describe('a command line becomes a spec', () => {
  test('without options: a closed loop of one, as the spec has it by default', () => {
    const { spec } = parse('');
    expect(spec).toEqual({ ...defaultSpec, urls: ['ws://h:1/p'], warmupMs: 1000, durationMs: 10_000 });
  });

  test("the issue's own line", () => {
    const request = parseArguments(
      '--url wss://host/path --connections 1000 --rate 5000 --duration 30s --insecure --fail-if p99>20ms --json'.split(
        ' ',
      ),
    );
    expect(request).toMatchObject({
      spec: {
        urls: ['wss://host/path'],
        connections: 1000,
        durationMs: 30_000,
        load: { kind: 'open', ratePerSec: 5000, over: 'all', arrivals: 'constant', profile: 'constant' },
        tls: { verify: false, reuseSessions: true, version: 'any' },
      },
      json: true,
      thresholds: [{ metric: 'p99', operator: '>', bound: 20e6 }],
    });
  });

  test.each([
    ['--push', { load: { kind: 'receive' } }],
    ['--broadcast --rate 10', { load: { kind: 'broadcast', ratePerSec: 10 } }],
    [
      '--broadcast --rooms 10 --rate 600 --connections 500',
      { load: { kind: 'broadcast', ratePerSec: 600, rooms: 10 } },
    ],
    ['--handshakes --connections 8', { load: { kind: 'connect', ratePerSec: 0, concurrency: 8 } }],
    ['--limit 1MiB', { load: { kind: 'limit', maxBytes: 1_048_576 } }],
    ['--window 16', { load: { kind: 'closed', window: 16 } }],
    [
      '--rate 1k --arrivals poisson --profile ramp --rate-over connection',
      { load: { ratePerSec: 1000, arrivals: 'poisson', profile: 'ramp', over: 'connection' } },
    ],
    [
      '--binary --size 4k --seed 7 --payload json',
      { payload: { kind: 'json', bytes: 4096, binary: true, seed: 7 } },
    ],
    ['--payload file --file /x', { payload: { kind: 'file', bytes: 0, path: '/x' } }],
    [
      '--dialect socketio --transport polling --token t',
      { dialect: 'socketio', handshake: { transport: 'polling', token: 't' } },
    ],
    [
      '--origin https://a --subprotocol x --subprotocol y',
      { handshake: { origin: 'https://a', subprotocols: ['x', 'y'] } },
    ],
    ['--header X-A:1', { handshake: { headers: { 'X-A': '1' } } }],
    [
      '--deflate no-takeover --verify --expect echo',
      { deflate: 'no-takeover', verify: true, expect: 'echo' },
    ],
    [
      '--source-address 127.0.0.2 --source-address 127.0.0.3 --processes 0',
      { sourceAddresses: ['127.0.0.2', '127.0.0.3'], processes: 0 },
    ],
    ['--dialect socketio --ack', { acks: true, load: { kind: 'closed' } }],
    ['-- --no-tls-reuse --tls-version 1.2', { tls: { reuseSessions: false, version: '1.2' } }],
  ])('%s', (line, spec) => {
    expect(parse(line).spec).toMatchObject(spec);
  });

  test('a bare word is the URL', () => {
    expect(parseArguments(['ws://h/'])).toMatchObject({ spec: { urls: ['ws://h/'] } });
  });
});

test.each([
  ['--rte 5', /unknown option --rte; the options are --url, --dialect/],
  ['--rate fast', /--rate is "fast"; wanted: a number/],
  ['--duration 30', /--duration is "30"; wanted: a duration such as 30s/],
  ['--dialect mqtt', /--dialect is "mqtt"; wanted: websocket, socketio, socketio-msgpack/],
  ['--connections 0', /--connections is 0; wanted: a whole number of at least 1/],
  ['--connections 1.5', /wanted: a whole number/],
  ['--push --broadcast', /--push and --broadcast exclude each other/],
  ['--rooms 5', /--rooms needs --broadcast/],
  ['--broadcast --rooms 0', /--rooms is 0; wanted: a whole number of at least 1/],
  ['--rate 5 --window 2', /--window is for a closed loop/],
  ['--expect none', /--expect none needs a --rate/],
  ['--source-address here', /--source-address is "here"; wanted: an IP address/],
  ['--ack', /--ack needs Socket.IO: --dialect socketio or --dialect socketio-msgpack/],
  ['--ack --dialect socketio --broadcast', /--ack excludes --push, --broadcast/],
  ['--ack --dialect socketio --rate 5 --expect none', /--ack waits for replies/],
  ['--fail-if constructor>1', /"constructor" is no figure/],
  ['--payload file', /--payload file and --file PATH go together/],
  ['--agents 2 --redis redis://h --observe a:b', /--observe is "a:b"; wanted: letters, digits, \. _ and -/],
  ['--header nonsense', /--header is "nonsense" and so on; wanted: 'Name: value'/],
  ['--fail-if p99', /is no rule; wanted/],
  ['--fail-if p99>20', /wanted: a duration such as/],
  ['--fail-if speed>20', /"speed" is no figure; the figures are p50/],
  ['http://h/', /--url is "http:\/\/h\/"; wanted: ws:\/\//],
  ['ws://h/#x', /no fragment/],
  ['wss://h/', /--url has both ws:\/\/ and wss:\/\/; wanted: one of them for all/],
  ['--rate', /rate/],
])('%s is refused in one sentence', (line, sentence) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(sentence);
});

test('no URL is refused, and help needs none', () => {
  expect(() => parseArguments([])).toThrow(/no --url was given/);
  expect(parseArguments(['--help'])).toBe('help');
});

test('help names every option and its default, within 80 columns', () => {
  const text = helpText();
  for (const name of cliOptionNames) {
    expect(text).toMatch(new RegExp(`^  --(\\[no-\\])?${name}\\b`, 'm'));
    const { type, default: fallback } = cliOptions[name];
    if (type !== 'flag' && fallback !== '') expect(text).toContain(`(${fallback})`);
  }
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

describe('run', () => {
  const scenarioOf = (line: string) => (parseArguments(line.split(' ')) as CliRequest).spec.scenario;

  test.each([
    ['run json --url ws://h/', { name: 'json', params: {} }],
    [
      'run mqtt ws://h/ --param topic=a=b --param user=x',
      { name: 'mqtt', params: { topic: 'a=b', user: 'x' } },
    ],
    ['run ./chat.ts ws://h/', { name: resolve('chat.ts'), params: {} }],
    ['run ws://h/', undefined],
  ])('%s', (line, scenario) => {
    expect(scenarioOf(line)).toEqual(scenario);
    expect((parseArguments(line.split(' ')) as CliRequest).spec.urls).toEqual(['ws://h/']);
  });

  test.each([
    ['run nothing ws://h/', '"nothing" is no scenario; wanted: a file of TypeScript or JavaScript, or json,'],
    ['run json ws://h/ --param topic', '--param is "topic"; wanted: NAME=VALUE'],
    ['run json ws://h/ --dialect socketio', '--dialect is of the echo'],
    ['ws://h/ --param a=b', '--param is of a scenario'],
  ])('%s is refused', (line, message) => {
    expect(() => parseArguments(line.split(' '))).toThrow(message);
  });
});
