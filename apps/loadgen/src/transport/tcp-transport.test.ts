import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Connect, Transport, TransportHandler } from './transport.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

let server: Server | undefined;
afterEach(() => server?.close());

/** A connection from both sides; what the client hears is noted. */
async function pair(connectTcp: Connect) {
  server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const heard: string[] = [];
  let transport: Transport | undefined;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  await new Promise<void>((resolve) => {
    const handler: TransportHandler = {
      opened: resolve,
      bytes: (data, start, end) => heard.push(data.toString('latin1', start, end)),
      drained: () => heard.push('drained'),
      closed: (reason) => heard.push(`closed: ${reason}`),
    };
    transport = connectTcp({ address: '127.0.0.1', port, hostname: '127.0.0.1' }, handler);
  });
  const [peer] = await accepted;
  peer.on('error', () => {});
  return { transport: transport!, peer, heard };
}

const chunkBytes = 5000;
const chunk = (at: number) => Buffer.alloc(chunkBytes, at);

describe.each([true, false])("past Node's streams: %s", (direct) => {
  let connectTcp: Connect;
  beforeAll(async () => {
    const binding: unknown = Reflect.get(process, 'binding');
    if (!direct) Reflect.set(process, 'binding', undefined);
    vi.resetModules();
    connectTcp = (await import('./tcp-transport.ts')).connectTcp;
    const { DirectWriter } = await import('./direct-writer.ts');
    Reflect.set(process, 'binding', binding);
    const { transport, peer } = await pair(connectTcp);
    const socket: unknown = peer;
    expect(DirectWriter.of(socket as Socket, () => {}) !== undefined).toBe(direct);
    transport.reset();
  });

  test('what the kernel takes at once may be patched and sent again', async () => {
    const { transport, peer } = await pair(connectTcp);
    const bytes = Buffer.from('message 0');
    for (let at = 0; at < 9; at++) {
      bytes[8] = 0x30 + at;
      expect(transport.write(bytes)).toBe(true);
    }
    transport.end();
    let seen = '';
    for await (const data of peer) seen += data;
    expect(seen).toBe([...'012345678'].map((digit) => `message ${digit}`).join(''));
  });

  test('a peer that does not read: what is left over comes later, in order, and then it is drained once', async () => {
    const { transport, peer, heard } = await pair(connectTcp);
    let written = 0;
    while (transport.write(chunk(written++)));
    transport.write(chunk(written++));
    expect(heard).toEqual([]);
    let bytes = 0;
    let misplaced = 0;
    peer.on('data', (data: Buffer) => {
      for (const byte of data) if (byte !== (Math.floor(bytes++ / chunkBytes) & 0xff)) misplaced++;
    });
    peer.resume();
    await expect.poll(() => heard, { timeout: 20_000 }).toEqual(['drained']);
    transport.end();
    await expect.poll(() => heard, { timeout: 20_000 }).toEqual(['drained', 'closed: ended']);
    expect({ bytes, misplaced }).toEqual({ bytes: written * chunkBytes, misplaced: 0 });
  });

  test('a peer that resets in the middle of a write is told, once', async () => {
    const { transport, peer, heard } = await pair(connectTcp);
    while (transport.write(chunk(0)));
    peer.resetAndDestroy();
    await expect.poll(() => heard).toEqual(['closed: reset']);
    transport.write(chunk(0));
  });

  test('a reset in the middle of a write ends it', async () => {
    const { transport, heard } = await pair(connectTcp);
    while (transport.write(chunk(0)));
    transport.reset();
    await expect.poll(() => heard).toEqual(['closed: ended']);
  });
});
