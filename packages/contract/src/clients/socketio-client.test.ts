import { parseConfig } from '@ws-arena/config/parse-config';
import { Manager, type Socket } from 'socket.io-client';
import msgpackParser from 'socket.io-msgpack-parser';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type RunningServer, startServer } from '../running-server.ts';
import { keptLevel } from '../suite/suite-configs.ts';
import { TargetUnavailable } from '../target-unavailable.ts';
import { type Target, targets } from '../targets.ts';
import { compressible, incompressible } from './payloads.ts';

// socket.io's own client, over WebSocket, over HTTP long-polling, and from the one to the other.
vi.setConfig({ testTimeout: 60_000 });

const socketioTargets = targets.filter(
  ({ kind, capabilities }) => kind !== 'bare' && capabilities.wire !== 'websocket',
);
const { path, readLimitBytes: LIMIT_BYTES } = parseConfig();

type Transports = readonly ('websocket' | 'polling')[];

/** A client that is connected to `server` by the first of `transports`, until the test is over. */
async function connected(server: RunningServer, transports: Transports): Promise<Socket> {
  const manager = new Manager(server.httpUrl, {
    path,
    addTrailingSlash: false,
    transports: [...transports],
    reconnection: false,
    ...(server.target.capabilities.wire === 'socketio-msgpack' && { parser: msgpackParser }),
  });
  onTestFinished(() => manager._close());
  const socket = manager.socket('/');
  await Promise.race([happened(socket, 'connect'), happened(socket, 'connect_error')]);
  if (!socket.connected) throw new Error('the client was not let in');
  return socket;
}

/** What the client's classes have in common. */
interface Emitter {
  once(event: string, listener: (...values: unknown[]) => void): unknown;
}

/** The values of the next `event`. */
function happened(emitter: Emitter, event: string): Promise<unknown[]> {
  return new Promise((resolve) => {
    emitter.once(event, (...values) => resolve(values));
  });
}

/** What comes back for a message, or why the connection ended instead. */
async function echoOf(socket: Socket, message: string | Buffer): Promise<unknown> {
  const echo = Promise.race([happened(socket, 'message'), happened(socket, 'disconnect')]);
  socket.emit('message', message);
  const [data] = await echo;
  return data;
}

/** The client puts `options: { compress: true }` into a packet of msgpack, and that counts. */
const OPTIONS_BYTES = 19;

/** How much longer zlib makes a message of the read limit that does not compress, at most. */
const DEFLATE_BYTES = 256;

/** Bytes of the read limit that the packet around a message takes. */
function overheadOf({ capabilities }: Target): { readonly text: number; readonly bytes: number } {
  const { text, binary } = capabilities.readLimitOverheadBytes;
  const more = capabilities.wire === 'socketio-msgpack' ? OPTIONS_BYTES : 0;
  return { text: text + more, bytes: binary + more };
}

const configurations = [false, true].flatMap((deflate) =>
  socketioTargets.map((target) => ({ target, deflate, with: deflate ? 'with' : 'without' })),
);

describe.each(configurations)('$target.name $with deflate', ({ target, deflate }) => {
  const { longPolling, overLimitCode, countsWireBytes } = target.capabilities;
  const overhead = overheadOf(target);
  const longer = deflate && countsWireBytes ? DEFLATE_BYTES : 0;
  let server: RunningServer | undefined;
  let missing = '';

  beforeAll(async () => {
    const config = parseConfig({
      port: 0,
      deflateLevel: deflate ? keptLevel(target.capabilities) : 0,
      pingPeriodMs: 300,
      ...(longPolling && { longPolling, maxConnections: 10 }),
    });
    server = await startServer(target, config, { startTimeoutMs: 60_000 }).catch((error: unknown) => {
      if (!(error instanceof TargetUnavailable)) throw error;
      missing = `the target ${target.name}: ${error.message}`;
      return undefined;
    });
  });
  beforeEach(({ skip }) => skip(missing !== '', missing));
  afterAll(() => server?.kill());

  test('echoes what is within the limit, acknowledges and pings', async () => {
    const socket = await connected(server!, ['websocket']);
    const pinged = happened(socket.io, 'ping');
    const messages = [
      'grüße, 👋',
      '',
      incompressible(300),
      Buffer.alloc(0),
      compressible(LIMIT_BYTES - overhead.text),
      incompressible(LIMIT_BYTES - overhead.bytes - longer),
    ];
    for (const message of messages) expect(await echoOf(socket, message)).toEqual(message);
    expect(await socket.emitWithAck('message', 'acknowledged')).toBe('acknowledged');
    await pinged;
  });

  test.each(['text', 'bytes'] as const)('ends the connection after one byte more of %s', async (kind) => {
    const socket = await connected(server!, ['websocket']);
    const ended = happened(socket, 'disconnect');
    const make = kind === 'text' ? compressible : incompressible;
    socket.emit('message', make(LIMIT_BYTES - overhead[kind] + 1));
    expect(await ended).toMatchObject(['transport close', { context: { code: overLimitCode } }]);
  });

  const polling: readonly Transports[] = longPolling ? [['polling'], ['polling', 'websocket']] : [];
  test.each(polling.map((transports) => ({ transports })))('by $transports', async ({ transports }) => {
    const socket = await connected(server!, transports);
    const { engine } = socket.io;
    if (engine.transport.name !== transports.at(-1)) await happened(engine, 'upgrade');
    for (const message of ['grüße, 👋', '', incompressible(300), Buffer.alloc(0)])
      expect(await echoOf(socket, message)).toEqual(message);
    expect(engine.transport.name).toBe(transports.at(-1));
  });
});
