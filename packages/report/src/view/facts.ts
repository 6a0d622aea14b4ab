/** When every fact below was last read or tried. */
export const FACTS_CHECKED = '2026-11-24';

/** Where a fact was read, as a plain citation. */
export const sources = {
  wsReadme: 'ws 8.23.0, README and doc/ws.md, github.com/websockets/ws',
  wsNpm: 'npm registry, packages ws 8.23.0 and @types/ws 8.18.2',
  wsSource: 'ws 8.23.0, lib/receiver.js; tried on loopback, and reported in docs/upstream of this project',
  wsBroadcast: 'ws README, "Server broadcast" and "How to detect and close broken connections?"',
  uwsReadme: 'uWebSockets.js, README and installation page, github.com/uNetworking/uWebSockets.js (v20.67.0)',
  uwsDocs: 'uWebSockets.js, docs/index.d.ts: WebSocketBehavior, TemplatedApp.publish, WebSocket.subscribe',
  uwsNpm: 'uWebSockets, misc/npm.md: why there is no package in the npm registry',
  uwsSource: 'uWebSockets source: WebSocketContext.h, PerMessageDeflate.h, App.h; tried on loopback',
  sioDocs: 'socket.io/docs/v4: "How it works", "Rooms", "TypeScript", "Emitting events"',
  sioNodes: 'socket.io/docs/v4/using-multiple-nodes: sticky sessions and adapters',
  sioRecovery: 'socket.io/docs/v4/connection-state-recovery and /delivery-guarantees',
  sioNpm: 'npm registry, socket.io 4.8.4 and engine.io 6.6.12',
  sioSource: 'engine.io 6.6.12, build/socket.js; tried on loopback',
  gorillaDocs: 'pkg.go.dev/github.com/gorilla/websocket v1.5.3, package documentation',
  gorillaStatus:
    'Go module proxy: v1.5.3 of 2024-06-14; gorilla.github.io/blog/2023-07-17-project-status-update; gorilla/websocket issue 1016, open since 2026-03-24',
  gorillaSource: 'gorilla/websocket 1.5.3, conn.go, server.go, compression.go; tried on loopback',
  coderReadme: 'coder/websocket, README and pkg.go.dev documentation, v1.8.15',
  coderSource:
    'coder/websocket v1.8.15, compress.go and read.go; tried on loopback, and reported in docs/upstream of this project',
  coderStatus: 'Go module proxy: v1.8.15 of 2026-06-15; coder/websocket README, note on maintenance',
  coderIssue: 'coder/websocket issue 242: a context that expires ends the connection',
  gobwasReadme: 'gobwas/ws, README and packages wsutil and wsflate',
  gobwasStatus: 'Go module proxy: v1.5.0 of 2026-11-03; gobwas/ws issue 162 on who maintains it',
  gobwasSource: 'gobwas/ws, wsutil/reader.go',
} as const;
export type SourceId = keyof typeof sources;

/** A fact about one library: a short text, and where it was read. */
export interface LibraryFact {
  readonly text: string;
  readonly sources: readonly SourceId[];
}

/** The rows of the table of facts. */
export const factRows = [
  { id: 'api', title: 'API style' },
  { id: 'reconnection', title: 'Reconnection' },
  { id: 'fallback', title: 'Fallback transport' },
  { id: 'rooms', title: 'Rooms, fan-out' },
  { id: 'acks', title: 'Acknowledgements' },
  { id: 'heartbeat', title: 'Heartbeat' },
  { id: 'compression', title: 'permessage-deflate' },
  { id: 'types', title: 'Types' },
  { id: 'install', title: 'How installed' },
  { id: 'licence', title: 'Licence' },
  { id: 'maintenance', title: 'Maintenance' },
  { id: 'limits', title: 'Known limits' },
] as const;
export type FactId = (typeof factRows)[number]['id'];

/** What a library includes; the page counts these as its features. */
export const features = [
  { id: 'reconnection', title: 'client reconnects by itself' },
  { id: 'fallback', title: 'fallback transport' },
  { id: 'rooms', title: 'rooms or topics' },
  { id: 'acks', title: 'acknowledgements' },
  { id: 'heartbeat', title: 'heartbeat by an option' },
  { id: 'compression', title: 'permessage-deflate' },
  { id: 'types', title: 'types included' },
  { id: 'install', title: 'from the language’s own registry' },
] as const;
export type FeatureId = (typeof features)[number]['id'];

/** What a figure cannot say of one library. */
export interface LibraryFacts {
  /** The target's name; its variants share the facts. */
  readonly target: string;
  readonly library: string;
  readonly language: 'TypeScript' | 'Go';
  readonly facts: Readonly<Record<FactId, LibraryFact>>;
  readonly features: readonly FeatureId[];
}

const fact = (text: string, ...from: SourceId[]): LibraryFact => ({ text, sources: from });

/** The libraries of the comparison, in the order of the tables. */
export const libraryFacts: readonly LibraryFacts[] = [
  {
    target: 'ws',
    library: 'ws',
    language: 'TypeScript',
    facts: {
      api: fact('Events on a server and on each socket; streams over a socket', 'wsReadme'),
      reconnection: fact('None; client code', 'wsReadme'),
      fallback: fact('None', 'wsReadme'),
      rooms: fact('None: a loop over the clients', 'wsBroadcast'),
      acks: fact('None', 'wsReadme'),
      heartbeat: fact(
        'Answers pings; sending pings and closing silent connections is user code',
        'wsBroadcast',
      ),
      compression: fact('Levels 1 to 9, context takeover, threshold; off by default on a server', 'wsReadme'),
      types: fact('Separate package @types/ws', 'wsNpm'),
      install: fact('npm install ws; plain JavaScript, no dependency', 'wsNpm'),
      licence: fact('MIT', 'wsNpm'),
      maintenance: fact('Active: 8.23.0', 'wsNpm'),
      limits: fact(
        'No write deadline; the buffer for a slow reader has no bound; with deflate on, a client can crash an unpatched 8.23.0 (patched here)',
        'wsReadme',
        'wsSource',
      ),
    },
    features: ['compression', 'install'],
  },
  {
    target: 'uws',
    library: 'uWebSockets.js',
    language: 'TypeScript',
    facts: {
      api: fact('One object of callbacks per route, in a native HTTP server of its own', 'uwsDocs'),
      reconnection: fact('None; server only', 'uwsDocs'),
      fallback: fact('None', 'uwsReadme'),
      rooms: fact('Topics: subscribe and publish, in C++', 'uwsDocs'),
      acks: fact('None', 'uwsDocs'),
      heartbeat: fact(
        'idleTimeout and automatic pings, in steps of 4 s; any byte resets the timeout',
        'uwsSource',
      ),
      compression: fact('One level (6), no threshold; no usable context takeover', 'uwsSource'),
      types: fact('Included', 'uwsDocs'),
      install: fact(
        'From GitHub: npm install uNetworking/uWebSockets.js#v20.67.0; native binaries for Node.js 22, 24 and 26, glibc on Linux',
        'uwsReadme',
        'uwsNpm',
      ),
      licence: fact('Apache 2.0', 'uwsReadme'),
      maintenance: fact('Active, one main author', 'uwsReadme'),
      limits: fact(
        'Messages past maxBackpressure (64 KiB) are dropped by default; a message past the limit ends in 1006, not 1009; frames without a mask are misread, not refused; messages inflate in the event loop, and a flood on one connection starves the others for seconds; not Node.js’ own http server',
        'uwsSource',
      ),
    },
    features: ['rooms', 'heartbeat', 'compression', 'types'],
  },
  {
    target: 'socketio',
    library: 'socket.io',
    language: 'TypeScript',
    facts: {
      api: fact(
        'Named events with arguments, namespaces, middleware; needs its own client and protocol',
        'sioDocs',
      ),
      reconnection: fact(
        'In the client, with exponential backoff; state recovery as an option',
        'sioDocs',
        'sioRecovery',
      ),
      fallback: fact('HTTP long-polling (the default start), WebSocket, WebTransport', 'sioDocs'),
      rooms: fact('Rooms and namespaces; across processes by adapters', 'sioDocs', 'sioNodes'),
      acks: fact('Built in, with timeouts', 'sioDocs'),
      heartbeat: fact('Built in, as packets of its own: pingInterval and pingTimeout', 'sioDocs'),
      compression: fact('As in ws; off by default', 'sioDocs'),
      types: fact('Included, events can be typed', 'sioDocs'),
      install: fact('npm install socket.io, and socket.io-client for the client', 'sioNpm'),
      licence: fact('MIT', 'sioNpm'),
      maintenance: fact('Active: 4.8.4', 'sioNpm'),
      limits: fact(
        'A plain WebSocket client cannot talk to it; long-polling needs sticky sessions; a slow reader’s writeBuffer has no bound; at most once by default',
        'sioNodes',
        'sioSource',
        'sioRecovery',
      ),
    },
    features: ['reconnection', 'fallback', 'rooms', 'acks', 'heartbeat', 'compression', 'types', 'install'],
  },
  {
    target: 'gorilla',
    library: 'gorilla/websocket',
    language: 'Go',
    facts: {
      api: fact(
        'Blocking ReadMessage and WriteMessage on net/http, deadlines set by hand, handlers for control frames',
        'gorillaDocs',
      ),
      reconnection: fact('None', 'gorillaDocs'),
      fallback: fact('None', 'gorillaDocs'),
      rooms: fact('None: a hub of channels; PreparedMessage frames once', 'gorillaDocs'),
      acks: fact('None', 'gorillaDocs'),
      heartbeat: fact('Answers pings; a ticker and SetReadDeadline are user code', 'gorillaDocs'),
      compression: fact(
        'Level set per connection; never context takeover; called experimental',
        'gorillaDocs',
        'gorillaSource',
      ),
      types: fact('Go', 'gorillaDocs'),
      install: fact('go get github.com/gorilla/websocket', 'gorillaDocs'),
      licence: fact('BSD 2-clause', 'gorillaDocs'),
      maintenance: fact(
        'Archived December 2022, resumed July 2023; no release since June 2024, and users ask who maintains it',
        'gorillaStatus',
      ),
      limits: fact(
        'One writer at a time; the inflated size is not limited; text is not checked for UTF-8; a reset may overtake the close frame with 1009',
        'gorillaDocs',
        'gorillaSource',
      ),
    },
    features: ['compression', 'types', 'install'],
  },
  {
    target: 'coder',
    library: 'coder/websocket',
    language: 'Go',
    facts: {
      api: fact(
        'Blocking Read and Write with context.Context on net/http; net.Conn wrapper; runs in Wasm',
        'coderReadme',
      ),
      reconnection: fact('None', 'coderReadme'),
      fallback: fact('None', 'coderReadme'),
      rooms: fact('None', 'coderReadme'),
      acks: fact('None', 'coderReadme'),
      heartbeat: fact('Ping waits for its pong; the ticker is user code', 'coderReadme'),
      compression: fact(
        'With and without context takeover, threshold; level 1 only; off by default',
        'coderReadme',
        'coderSource',
      ),
      types: fact('Go', 'coderReadme'),
      install: fact('go get github.com/coder/websocket; no dependency', 'coderReadme'),
      licence: fact('ISC', 'coderReadme'),
      maintenance: fact('Active: v1.8.15, June 2026; by Coder since 2024', 'coderStatus'),
      limits: fact(
        'A context that expires during Read or Write ends the connection; read limit 32 KiB unless raised; with context takeover on, a close frame inside a message causes a panic (recovered here)',
        'coderIssue',
        'coderSource',
      ),
    },
    features: ['compression', 'types', 'install'],
  },
  {
    target: 'gobwas',
    library: 'gobwas/ws',
    language: 'Go',
    facts: {
      api: fact(
        'Frames and headers on any net.Conn; the caller owns the buffers; wsutil for messages',
        'gobwasReadme',
      ),
      reconnection: fact('None', 'gobwasReadme'),
      fallback: fact('None', 'gobwasReadme'),
      rooms: fact('None; a frame can be compiled once and written to many', 'gobwasReadme'),
      acks: fact('None', 'gobwasReadme'),
      heartbeat: fact('None; wsutil answers pings', 'gobwasReadme'),
      compression: fact('Package wsflate, to be wired up by hand', 'gobwasReadme'),
      types: fact('Go', 'gobwasReadme'),
      install: fact('go get github.com/gobwas/ws', 'gobwasReadme'),
      licence: fact('MIT', 'gobwasReadme'),
      maintenance: fact('Active again: v1.5.0, November 2026', 'gobwasStatus'),
      limits: fact(
        'The user must enforce limits, deadlines, close codes and fragment rules; saving memory needs an epoll loop of your own',
        'gobwasReadme',
        'gobwasSource',
      ),
    },
    features: ['compression', 'types', 'install'],
  },
];

/** The facts of `target`, or of the library that it is a variant of; undefined for any other. */
export function factsOf(target: string): LibraryFacts | undefined {
  return libraryFacts.find((facts) => target === facts.target || target.startsWith(`${facts.target}-`));
}
