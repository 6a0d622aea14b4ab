import { type Capabilities, full } from './capabilities.ts';

/** How the process of a server of this project is started. */
export type OwnLaunch =
  | { readonly kind: 'node' | 'bun'; readonly entry: string; readonly args?: readonly string[] }
  | { readonly kind: 'go'; readonly command: string; readonly args?: readonly string[] };

/** How a target's process is started. */
export type Launch =
  | OwnLaunch
  /** A server of somebody's own: `{port}` in the command and the URL is a free port, also PORT in its environment. */
  | {
      readonly kind: 'command';
      readonly command: readonly string[];
      readonly url: string;
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
    }
  /** One that runs elsewhere; its usage is read of a process of this machine, or of a Prometheus page. */
  | { readonly kind: 'remote'; readonly url: string; readonly pid?: number; readonly metricsUrl?: string };

/** How clients speak to a server that does not keep the contract. */
export interface OwnClient {
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols: readonly string[];
  readonly token?: string;
  /** Verify its certificate; `ca` is a PEM file of the only ones to trust. */
  readonly verify: boolean;
  readonly ca?: string;
  /** A scenario of the load generator: its name or file, and its parameters. */
  readonly scenario?: { readonly name: string; readonly params: Readonly<Record<string, string>> };
  /** `?room=NAME` in its URL joins a room. */
  readonly rooms: boolean;
}

/** One row of the comparison: a server that the runner can start, or one that somebody else runs. */
export interface Target {
  readonly name: string;
  readonly library: string;
  readonly language: 'TypeScript' | 'TypeScript on Bun' | 'Go' | 'Lua' | 'unknown';
  /** `reference` rows are the comparison; a `variant` changes one thing; `bare` has no contract, to measure its cost. */
  readonly kind: 'reference' | 'baseline' | 'variant' | 'bare' | 'remote';
  readonly launch: Launch;
  /** Only of a server of somebody's own. */
  readonly client?: OwnClient;
  readonly capabilities: Capabilities;
}

const EMPTY_FRAGMENTS =
  'a message of more fragments than readLimitBytes ends with 1008, even if the fragments are empty';

const ws: Capabilities = { ...full, countsFragments: true, eventLoop: true, notes: [EMPTY_FRAGMENTS] };

const uws: Capabilities = {
  ...full,
  eventLoop: true,
  invalidUtf8: 'dropped',
  protocolErrorCode: 1006,
  sendsAcceptedBefore: { error: false, overLimit: true },
  deflateLevels: [6],
  deflateContextTakeover: false,
  stopsReading: false,
  ownHandshakeTimeoutMs: 10_000,
  notes: [
    'the library cannot stop reading from a WebSocket: an echo peer that sends and does not read, or reads too slowly, is cut off when maxBufferedBytes wait for it, before writeWaitMs',
    'a handshake is cut off after 10 to 14 s by the library itself, whatever handshakeTimeoutMs says',
    'permessage-deflate has one level (6) and no usable context takeover: any other setting is refused at start',
    'a message far above the read limit (more than four times) is cut without a close frame: 1006 instead of 1009',
    'a violation of the framing rules or invalid UTF-8 drops the connection, and the echoes of the same read with it: 1006 instead of 1002 and 1007',
    'a frame without a mask is not refused: the first four bytes of its payload are taken for the mask',
    'with deflate on, a message inflates in the event loop, and all that one read brought before anything else: with 20 connections that each send 5,581 messages of 86 B that inflate to 64 KiB, another waits up to 4.9 s for its echo (ws: 10 ms; two shared cores)',
    'a connection that is never empty is read before the others: with 20 that flood it with pings for 8 s, another waits 8.0 s for its echo',
  ],
};

const socketio: Capabilities = {
  ...ws,
  countsWireBytes: true,
  longPolling: true,
  ping: 'packet',
  wire: 'socketio',
  readLimitOverheadBytes: { text: 16, binary: 0 },
  sendsAcceptedBefore: { error: false, overLimit: false },
  deflateThresholdWithTakeover: false,
  notes: [
    'pings are packets of Engine.IO, not control frames',
    'the read limit counts the packet, 16 bytes more than the text of a message',
    'permessage-deflate has no threshold where it keeps its window: the two together are refused at start',
    'the read limit counts a compressed message on the wire too: one that does not compress gets 1009 from 0.3 % below the limit',
    EMPTY_FRAGMENTS,
    'an error of the framing, or a message above the read limit, ends the connection before the replies to the messages of the same read',
    'a session over HTTP long-polling is refused unless longPolling is on, which wants a maxConnections',
  ],
};

const node = (entry: string, ...args: string[]): Launch => ({ kind: 'node', entry, args });
const go = (command: string, ...args: string[]): Launch => ({ kind: 'go', command, args });

const noTakeover =
  'permessage-deflate never keeps its window between messages: the setting is refused at start';

const OWN_ROOMS = 'it keeps rooms within one instance: redisUrl is refused at start';

const gobwas: Capabilities = { ...full, deflateContextTakeover: false, notes: [noTakeover] };

/** Every target this project can start, in the order of the tables. */
export const targets: readonly Target[] = [
  {
    name: 'ws',
    library: 'ws',
    language: 'TypeScript',
    kind: 'reference',
    launch: node('apps/ws-server/src/main.ts'),
    capabilities: ws,
  },
  {
    name: 'uws',
    library: 'uWebSockets.js',
    language: 'TypeScript',
    kind: 'reference',
    launch: node('apps/uws-server/src/main.ts'),
    capabilities: uws,
  },
  {
    name: 'socketio',
    library: 'socket.io',
    language: 'TypeScript',
    kind: 'reference',
    launch: node('apps/socketio-server/src/main.ts'),
    capabilities: socketio,
  },
  {
    name: 'socketio-msgpack',
    library: 'socket.io with socket.io-msgpack-parser',
    language: 'TypeScript',
    kind: 'variant',
    launch: node('apps/socketio-server/src/main-msgpack.ts'),
    capabilities: {
      ...socketio,
      wire: 'socketio-msgpack',
      readLimitOverheadBytes: { text: 30, binary: 30 },
      notes: [
        socketio.notes[0]!,
        'the read limit counts the packet, 30 bytes more than a message of that size',
        ...socketio.notes.slice(2),
      ],
    },
  },
  {
    name: 'gorilla',
    library: 'gorilla/websocket',
    language: 'Go',
    kind: 'baseline',
    launch: go('gorilla'),
    capabilities: {
      ...full,
      deflateContextTakeover: false,
      notes: [noTakeover],
    },
  },
  {
    name: 'coder',
    library: 'coder/websocket',
    language: 'Go',
    kind: 'baseline',
    launch: go('coder'),
    capabilities: {
      ...full,
      deflateLevels: [1],
      limitsWireBytes: false,
      notes: [
        'permessage-deflate has one level (1): any other is refused at start',
        'a compressed message is inflated as it comes: its bytes on the wire have no limit, and take no memory',
      ],
    },
  },
  {
    name: 'gobwas',
    library: 'gobwas/ws',
    language: 'Go',
    kind: 'baseline',
    launch: go('gobwas'),
    capabilities: gobwas,
  },
  {
    name: 'gobwas-epoll',
    library: 'gobwas/ws',
    language: 'Go',
    kind: 'variant',
    launch: go('gobwas', '--epoll'),
    capabilities: gobwas,
  },
  {
    name: 'lua',
    library: 'lua-resty-websocket',
    language: 'Lua',
    kind: 'variant',
    launch: node('apps/lua-server/src/main.ts'),
    capabilities: {
      ...full,
      deflateLevels: [],
      deflateContextTakeover: false,
      sharesRooms: false,
      notes: [
        'Nginx itself ends the WebSocket: one process, one Lua state that holds every room',
        'the library has no permessage-deflate: the setting is refused at start',
        'the library takes 65,535 bytes a frame unless told otherwise, one byte less than the default read limit; readLimitBytes is what it is told',
        OWN_ROOMS,
      ],
    },
  },
  {
    name: 'bun',
    library: 'Bun.serve',
    language: 'TypeScript on Bun',
    kind: 'variant',
    launch: { kind: 'bun', entry: 'apps/bun-server/src/main.ts' },
    capabilities: {
      ...full,
      deflateLevels: [6],
      ownHandshakeTimeoutMs: 10_000,
      eventLoop: true,
      notes: [
        'a handshake is cut off after 10 to 14 s by Bun itself, whatever handshakeTimeoutMs says',
        'permessage-deflate has one level (6): any other is refused at start',
        'a handshake in a request of HTTP/1.0 is granted: Bun does not say which version a request has',
      ],
    },
  },
  {
    name: 'ws-bare',
    library: 'ws',
    language: 'TypeScript',
    kind: 'bare',
    launch: node('apps/ws-server/src/bare.ts'),
    capabilities: ws,
  },
  {
    name: 'uws-bare',
    library: 'uWebSockets.js',
    language: 'TypeScript',
    kind: 'bare',
    launch: node('apps/uws-server/src/bare.ts'),
    capabilities: uws,
  },
  {
    name: 'socketio-bare',
    library: 'socket.io',
    language: 'TypeScript',
    kind: 'bare',
    launch: node('apps/socketio-server/src/bare.ts'),
    capabilities: socketio,
  },
];

/** The target of that name, or undefined. */
export function targetNamed(name: string): Target | undefined {
  return targets.find((target) => target.name === name);
}
