import type { CliOption } from './cli-option.ts';
import { fleetOptions } from './fleet-options.ts';

/** Every option of `pnpm loadgen`, in the order in which help prints them. */
export const cliOptions = {
  url: {
    group: 'Target',
    type: 'list',
    default: '',
    value: 'URL',
    help: 'ws:// or wss:// address; with several, connections use them in turn',
  },
  dialect: {
    group: 'Target',
    type: 'text',
    default: 'websocket',
    oneOf: ['websocket', 'socketio', 'socketio-msgpack'],
    help: 'how messages are framed',
  },
  param: {
    group: 'Target',
    type: 'list',
    default: '',
    value: 'NAME=VALUE',
    help: 'parameter of the scenario that `run` names; may be repeated',
  },
  connections: { group: 'Load', type: 'number', default: '1', value: 'N', help: 'open connections' },
  rate: {
    group: 'Load',
    type: 'number',
    default: '0',
    value: 'N',
    help: 'open loop: messages a second; 0 is a closed loop, where each reply triggers the next message',
  },
  'rate-over': {
    group: 'Load',
    type: 'text',
    default: 'all',
    oneOf: ['all', 'connection'],
    help: 'whether --rate is for all connections together, or for each',
  },
  arrivals: {
    group: 'Load',
    type: 'text',
    default: 'constant',
    oneOf: ['constant', 'poisson'],
    help: 'how messages of the open loop are spaced',
  },
  profile: {
    group: 'Load',
    type: 'text',
    default: 'constant',
    oneOf: ['constant', 'ramp', 'step'],
    help: 'the rate over time: constant, rising from 0, or in equal steps',
  },
  window: {
    group: 'Load',
    type: 'number',
    default: '1',
    value: 'N',
    help: 'closed loop: messages in flight on each connection',
  },
  push: {
    group: 'Load',
    type: 'flag',
    default: 'false',
    help: 'send nothing and count what the server sends',
  },
  broadcast: {
    group: 'Load',
    type: 'flag',
    default: 'false',
    help: 'rooms: one member of each room sends, and every member must get it; --rate is for all rooms together',
  },
  rooms: {
    group: 'Load',
    type: 'number',
    default: '1',
    value: 'N',
    help: 'with --broadcast: number of rooms, unless ?room= in a URL names one',
  },
  handshakes: {
    group: 'Load',
    type: 'flag',
    default: 'false',
    help: 'open and close connections: --rate per second, or --connections at a time',
  },
  limit: {
    group: 'Load',
    type: 'size',
    default: '',
    value: 'SIZE',
    help: 'find the largest message that comes back, up to this size',
  },
  duration: { group: 'Load', type: 'duration', default: '10s', value: 'TIME', help: 'measured time' },
  warmup: {
    group: 'Load',
    type: 'duration',
    default: '1s',
    value: 'TIME',
    help: 'load before the measured time',
  },
  drain: {
    group: 'Load',
    type: 'duration',
    default: '2s',
    value: 'TIME',
    help: 'longest wait for late replies after the measured time',
  },
  processes: {
    group: 'Load',
    type: 'number',
    default: '1',
    value: 'N',
    help: 'generator processes; 0 is as many as the descriptor limit requires',
  },
  'source-address': {
    group: 'Load',
    type: 'list',
    default: '',
    value: 'ADDRESS',
    help: 'client address; with several, connections use them in turn',
  },
  size: {
    group: 'Messages',
    type: 'size',
    default: '64',
    value: 'SIZE',
    help: 'bytes of a message, including the 22 of sequence number and times',
  },
  payload: {
    group: 'Messages',
    type: 'text',
    default: 'random',
    oneOf: ['random', 'json', 'file'],
    help: 'random bytes, realistic JSON, or --file',
  },
  file: {
    group: 'Messages',
    type: 'text',
    default: '',
    value: 'PATH',
    help: 'file whose content the messages carry',
  },
  seed: {
    group: 'Messages',
    type: 'number',
    default: '1',
    value: 'N',
    help: 'the same seed sends the same bytes',
  },
  binary: { group: 'Messages', type: 'flag', default: 'false', help: 'binary messages instead of text' },
  expect: {
    group: 'Messages',
    type: 'text',
    default: 'echo',
    oneOf: ['echo', 'none'],
    help: 'whether every message comes back, or none',
  },
  verify: {
    group: 'Messages',
    type: 'flag',
    default: 'false',
    help: 'compare each reply byte for byte (costs CPU here)',
  },
  ack: {
    group: 'Messages',
    type: 'flag',
    default: 'false',
    help: 'Socket.IO: each message asks for an acknowledgement, which must contain the message',
  },
  deflate: {
    group: 'Messages',
    type: 'text',
    default: 'off',
    oneOf: ['off', 'takeover', 'no-takeover'],
    help: 'offer permessage-deflate, with or without context takeover',
  },
  origin: { group: 'Handshake', type: 'text', default: '', value: 'ORIGIN', help: 'Origin header' },
  header: {
    group: 'Handshake',
    type: 'list',
    default: '',
    value: "'NAME: VALUE'",
    help: 'header to add to the upgrade request',
  },
  subprotocol: { group: 'Handshake', type: 'list', default: '', value: 'NAME', help: 'subprotocol to offer' },
  token: {
    group: 'Handshake',
    type: 'text',
    default: '',
    value: 'TOKEN',
    help: 'sent as Authorization: Bearer, and as auth.token of Socket.IO',
  },
  transport: {
    group: 'Handshake',
    type: 'text',
    default: 'websocket',
    oneOf: ['websocket', 'polling'],
    help: 'Socket.IO: WebSocket at once, or polling first and then an upgrade, as its clients do',
  },
  'connect-timeout': {
    group: 'Handshake',
    type: 'duration',
    default: '10s',
    value: 'TIME',
    help: 'longest time for a handshake',
  },
  insecure: {
    group: 'TLS',
    type: 'flag',
    default: 'false',
    help: 'accept any certificate, even a self-signed or expired one',
  },
  ca: {
    group: 'TLS',
    type: 'text',
    default: '',
    value: 'FILE',
    help: 'PEM file of the only certificates to trust',
  },
  'tls-reuse': {
    group: 'TLS',
    type: 'flag',
    default: 'true',
    help: 'resume TLS sessions; --no-tls-reuse makes every handshake full',
  },
  'tls-version': {
    group: 'TLS',
    type: 'text',
    default: 'any',
    oneOf: ['any', '1.2', '1.3'],
    help: 'the only TLS version to offer',
  },
  ...fleetOptions,
  json: { group: 'Result', type: 'flag', default: 'false', help: 'print the whole result as JSON on stdout' },
  hdr: {
    group: 'Result',
    type: 'text',
    default: '',
    value: 'FILE',
    help: 'write the latency distribution, for HdrHistogram plotters',
  },
  'fail-if': {
    group: 'Result',
    type: 'list',
    default: '',
    value: 'RULE',
    help: "exit 3 if the rule is true, e.g. 'p99>20ms', 'lost>0', 'rate<1000'; may be repeated",
  },
  help: { group: 'Result', type: 'flag', default: 'false', help: 'print this' },
} as const satisfies Readonly<Record<string, CliOption>>;

/** The name of an option, without its dashes. */
export type CliOptionName = keyof typeof cliOptions;

/** All names, in table order. */
export const cliOptionNames = Object.keys(cliOptions) as CliOptionName[];

/** The option of that name, with the optional fields that its literal may lack. */
export function cliOption(name: CliOptionName): CliOption {
  return cliOptions[name];
}
