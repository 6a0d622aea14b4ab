// A client of Socket.IO that brings its token in the packet CONNECT, as browsers do.
import { badTokens } from '@ws-arena/auth/testing/bad-tokens';
import { Issuer } from '@ws-arena/auth/testing/issuer';
import type { Verdict } from '@ws-arena/auth/verdict';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { targetNamed } from '@ws-arena/contract/targets';
import { TokenGate } from '@ws-arena/lifecycle/token-gate';
import { Manager, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startServer as startHere } from './server.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let issuer: Issuer;
let server: RunningServer;

beforeAll(async () => {
  issuer = await Issuer.start();
  const config = issuer.config({ port: 0, longPolling: true, maxConnections: 100, handshakeTimeoutMs: 3000 });
  server = await startServer(targetNamed('socketio')!, config);
});
afterAll(() => server.stop());

interface Options {
  readonly token?: unknown;
  readonly transports?: ('polling' | 'websocket')[];
  readonly authorization?: string;
}

/** A client that has been let in, or the reason why it was not. */
async function connected({
  token,
  transports = ['websocket'],
  authorization,
}: Options): Promise<Socket | string> {
  const manager = new Manager(server.httpUrl, {
    path: new URL(server.url).pathname,
    addTrailingSlash: false,
    reconnection: false,
    transports,
    ...(authorization !== undefined && { extraHeaders: { authorization } }),
  });
  onTestFinished(() => manager._close());
  const socket = manager.socket('/', { auth: { token } });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', (error) => resolve(error.message));
  });
}

async function letIn(options: Options): Promise<Socket> {
  const socket = await connected(options);
  if (typeof socket === 'string') throw new Error(socket);
  return socket;
}

const inSeconds = (fromNow: number) => Math.ceil(Date.now() / 1000) + fromNow;

test.each([
  ['WebSocket', ['websocket']],
  ['long-polling', ['polling']],
  ['the one after the other', ['polling', 'websocket']],
] as const)('a good token lets in by %s, and the client talks', async (_, transports) => {
  const socket = await letIn({ token: await issuer.token(), transports: [...transports] });
  expect(await socket.emitWithAck('message', 'hello')).toBe('hello');
});

test.each(badTokens)('a token that is $name does not', async ({ make, status }) => {
  const reason = await connected({ token: await make(issuer) });
  expect(reason).toMatch(status === '4xx' ? /^401/ : new RegExp(`^${status}: `));
});

test.each([undefined, 5, null, { token: 'x' }])('%j as a token does not', async (token) => {
  expect(await connected({ token })).toBe('401: there is no token');
});

test('who says nothing of a token at all is closed when the handshake has taken too long', async () => {
  const manager = new Manager(server.httpUrl, {
    path: new URL(server.url).pathname,
    addTrailingSlash: false,
    reconnection: false,
    transports: ['websocket'],
  });
  onTestFinished(() => manager._close());
  const closed = new Promise((resolve) => {
    manager.once('close', resolve);
  });
  manager.open();
  expect(await closed).toBe('transport close');
});

test('a good token in Authorization wins, and a bad one there is refused at the request', async () => {
  await letIn({ authorization: `Bearer ${await issuer.token()}` });
  const bad = await issuer.token({ claims: { aud: 'another' } });
  for (const transports of [['websocket'], ['polling']] as const) {
    const options = { authorization: `Bearer ${bad}`, token: await issuer.token() };
    expect(await connected({ ...options, transports: [...transports] })).toMatch(/error$/);
  }
});

test('the connection ends with its token, and a new one in a message makes it last', async () => {
  const [first, second] = [inSeconds(4), inSeconds(8)];
  const socket = await letIn({ token: await issuer.token({ claims: { exp: first } }) });
  const other = await letIn({ token: await issuer.token({ claims: { exp: first } }) });
  socket.emit('message', `Bearer ${await issuer.token({ claims: { exp: second } })}`);
  const endOf = (one: Socket) =>
    new Promise<number>((resolve) => {
      one.once('disconnect', () => resolve(Date.now() / 1000));
    });
  const [end, otherEnd] = await Promise.all([endOf(socket), endOf(other)]);
  expect(otherEnd).toBeGreaterThanOrEqual(first);
  expect(otherEnd).toBeLessThan(second);
  expect(end).toBeGreaterThanOrEqual(second);
});

test('who leaves while its token is looked at is not admitted any more', async () => {
  const own = await startHere(issuer.config({ port: 0 }));
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<Verdict>()];
  vi.spyOn(TokenGate.prototype, 'verdictOn').mockImplementation(() => {
    asked.resolve();
    return answered.promise;
  });
  const [admits, leaves] = [vi.spyOn(TokenGate.prototype, 'admit'), vi.spyOn(TokenGate.prototype, 'leave')];
  onTestFinished(() => void vi.restoreAllMocks());
  const manager = new Manager(`http://127.0.0.1:${own.port}`, {
    path: new URL(server.url).pathname,
    addTrailingSlash: false,
    transports: ['websocket'],
  });
  manager.socket('/', { auth: { token: 'any' } });
  await asked.promise;
  manager._close();
  await vi.waitFor(() => expect(leaves).toHaveBeenCalled());
  answered.resolve({ status: 200, expiresAtSec: inSeconds(60) });
  await answered.promise;
  await own.drain();
  expect(admits).not.toHaveBeenCalled();
});
