import type { Dialect } from '@ws-arena/wire/dialect';

/** What a message holds behind its header of sequence number and intended send time. */
export interface PayloadSpec {
  readonly kind: 'random' | 'json' | 'file';
  /** Bytes of the whole message, header included. */
  readonly bytes: number;
  /** Sent as binary messages; otherwise text. */
  readonly binary: boolean;
  /** Two runs with one seed send the same bytes. */
  readonly seed: number;
  /** The file's path, for kind `file`. */
  readonly path?: string;
}

/** Closed loop: `window` messages in flight on each connection; a reply is answered by the next message. */
export interface ClosedLoad {
  readonly kind: 'closed';
  readonly window: number;
}

/** How long a client whose connection ended waits before it dials again; the delay doubles with each attempt that fails. */
export interface Backoff {
  /**
   * `full-jitter`: by lot between 0 and the delay, as "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015) has
   * it. `socketio`: the delay and up to half of it more or less, as socket.io-client 4 does with its default settings.
   */
  readonly kind: 'full-jitter' | 'socketio';
  /** The delay before the first attempt, and the longest, in milliseconds. */
  readonly windowMs: number;
  readonly maxMs: number;
}

/** Open loop: messages leave when the schedule says so, whatever has come back. */
export interface OpenLoad {
  readonly kind: 'open';
  /** Over all connections, or on each of them. */
  readonly ratePerSec: number;
  readonly over: 'all' | 'connection';
  readonly arrivals: 'constant' | 'poisson';
  /** Messages that leave at one instant on one connection; 1 (the default) spreads them over time and connections. Part of `ratePerSec`. */
  readonly burst?: number;
  /** The rate's course over the measured time: as given throughout; rising from 0; or in equal steps up to it. */
  readonly profile: 'constant' | 'ramp' | 'step';
  /**
   * Clients come back when their connection ends; a message that is due meanwhile waits in its client, and leaves when
   * that is back. Of a job; absent leaves what is due on an ended connection out.
   */
  readonly reconnect?: Backoff;
  /** The window ends when the caller says `go`, and after `durationMs` at the latest. */
  readonly untilGo?: true;
}

/** Members of a room that read slowly, from the beginning of the window on. */
export interface SlowReaders {
  readonly members: number;
  /** `nothing`, `trickle`: 1 KiB a second; `bursts`: whatever there is, for 100 ms of each second. */
  readonly reads: 'nothing' | 'trickle' | 'bursts';
}

/**
 * Rooms: one member of each sends, and every member of its room must get every message, once, in order. Connections to URLs
 * with one `room` in their query are one room, on whatever host; those without are spread over `rooms`. The rooms take turns.
 */
export interface BroadcastLoad {
  readonly kind: 'broadcast';
  /** Messages sent per second, over all rooms; 0 sends the next when every member has the one before. */
  readonly ratePerSec: number;
  /** Of URLs that name no room; default 1. */
  readonly rooms?: number;
  /** What the names of these rooms begin with, default `loadgen`: who has the same has the same rooms. */
  readonly roomPrefix?: string;
  /** Beside the connections of the job, in its room; over TCP, and one process. */
  readonly slow?: SlowReaders;
}

/** Handshakes: connect, finish the upgrade (and Socket.IO's own), close. */
export interface ConnectLoad {
  readonly kind: 'connect';
  /** Open loop at this rate; 0 keeps `concurrency` handshakes under way instead. */
  readonly ratePerSec: number;
  readonly concurrency: number;
}

/** Idle connections, in growing numbers: at each step the generator says `held` and waits to be told to go on. */
export interface HoldLoad {
  readonly kind: 'hold';
  /** Rising numbers of connections. */
  readonly steps: readonly number[];
  /** Handshakes per second while a step is filled. */
  readonly rampPerSec: number;
  /** Rest before each `held`, in milliseconds. */
  readonly settleMs: number;
  /** How long the last step is held and measured, in milliseconds. */
  readonly holdMs: number;
}

/** The largest message that comes back, found by bisection between 1 and `maxBytes`. */
export interface LimitLoad {
  readonly kind: 'limit';
  readonly maxBytes: number;
}

/** The server pushes at a period; the generator only receives. */
export interface ReceiveLoad {
  readonly kind: 'receive';
}

export type Load = ClosedLoad | OpenLoad | BroadcastLoad | ConnectLoad | HoldLoad | LimitLoad | ReceiveLoad;

/** TLS of the client side, for `wss://`. */
export interface TlsSpec {
  /** Check the certificate. */
  readonly verify: boolean;
  /** A PEM file with certificates that are trusted instead of the system's, such as that of a server itself. */
  readonly ca?: string;
  /** Resume the session of an earlier connection. */
  readonly reuseSessions: boolean;
  readonly version: 'any' | '1.2' | '1.3';
}

/** The client's part of the upgrade request. */
export interface HandshakeSpec {
  readonly origin?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols: readonly string[];
  /** Sent as `Authorization: Bearer`, and to Socket.IO as `auth.token`. */
  readonly token?: string;
  readonly timeoutMs: number;
  /** Socket.IO: WebSocket at once, or HTTP polling first and an upgrade, as its clients do by default. */
  readonly transport: 'websocket' | 'polling';
}

/** A scenario: how to speak the protocol of a server that is no echo. */
export interface ScenarioSpec {
  /** A ready-made one (`json`, `json-rpc`, `graphql`, `stomp`, `mqtt`), or the absolute path of a file. */
  readonly name: string;
  /** What is handed to it, by name. */
  readonly params: Readonly<Record<string, string>>;
}

/** One job for the load generator, complete: the same spec and seed make the same load. */
export interface LoadSpec {
  /** `ws://` or `wss://`; connections are spread evenly over several. */
  readonly urls: readonly string[];
  readonly dialect: Dialect;
  /** Instead of the dialect. */
  readonly scenario?: ScenarioSpec;
  readonly connections: number;
  readonly load: Load;
  readonly payload: PayloadSpec;
  /** The permessage-deflate offer; `no-takeover` asks for no context takeover on both sides. */
  readonly deflate: 'off' | 'takeover' | 'no-takeover';
  readonly tls: TlsSpec;
  readonly handshake: HandshakeSpec;
  /** Load before the measured window, in milliseconds. */
  readonly warmupMs: number;
  /** The measured window, in milliseconds. */
  readonly durationMs: number;
  /** After the window: wait at most this long for what is still under way, in milliseconds. */
  readonly drainMs: number;
  /** Generator processes; 0 takes as many as descriptors ask for. */
  readonly processes: number;
  /** Client addresses: the system's choice, or the list that the connections take in turn (127.0.0.0/8). */
  readonly sourceAddresses: readonly string[];
  /** `echo` checks and counts replies, `none` only sends. */
  readonly expect: 'echo' | 'none';
  /** Compare every reply to what was sent, byte for byte; costs the generator CPU. */
  readonly verify: boolean;
  /** Socket.IO: messages ask for an acknowledgement, and that is the reply. Of the closed and the open loop. */
  readonly acks: boolean;
  /**
   * Socket.IO: a client that comes back asks for its session and for what it missed, as socket.io-client does where the
   * server offers that (connection state recovery). Of text over WebSocket, without acks.
   */
  readonly recovers?: true;
}

/** A spec with every field at its quiet default: 1 connection, window 1, 64 random bytes as text, 1 s. */
export const defaultSpec: LoadSpec = {
  urls: [],
  dialect: 'websocket',
  connections: 1,
  load: { kind: 'closed', window: 1 },
  payload: { kind: 'random', bytes: 64, binary: false, seed: 1 },
  deflate: 'off',
  tls: { verify: true, reuseSessions: true, version: 'any' },
  handshake: { headers: {}, subprotocols: [], timeoutMs: 10_000, transport: 'websocket' },
  warmupMs: 0,
  durationMs: 1000,
  drainMs: 2000,
  processes: 1,
  sourceAddresses: [],
  expect: 'echo',
  verify: false,
  acks: false,
};
