import type { RunningServer } from '@ws-arena/contract/running-server';
import type { Peer } from '@ws-arena/contract/suite/peer';
import { ifSeen } from '@ws-arena/contract/suite/raw-client';
import type { RunningProxy } from '@ws-arena/infra/running-proxy';
import { residentBytes } from '../../measure/proc.ts';
import type { TestBed } from '../../processes/test-bed.ts';
import { articleServer } from '../article-server.ts';
import { bytes, claim, code, count, doesNotHold, holds, holdsIf } from '../claim.ts';

const READ_LIMIT = 65_536;
const LARGE = 1_000_000;
const WAIT_MS = 10_000;

/** Nginx with body limits of 1k. */
const tight = {
  rewrite: (text: string) =>
    text.replace(/client_max_body_size \d+;/, 'client_max_body_size 1k; client_body_buffer_size 1k;'),
};

/** Whether a message of that size comes back, or the code of the close that comes instead (1006 without one). */
async function echoOf(peer: Peer, size: number): Promise<number> {
  peer.say('x'.repeat(size));
  const came = await peer.raw.until(
    'an echo or the end',
    () => peer.messages.length > 0 || peer.raw.ended,
    WAIT_MS,
  );
  return came === true ? 0 : (peer.closeCode ?? 1006);
}

async function posted(proxy: RunningProxy, path: string, size: number): Promise<number> {
  const response = await fetch(`${proxy.httpUrl}${path}`, { method: 'POST', body: 'x'.repeat(size) });
  await response.text();
  return response.status;
}

const limits = (bed: TestBed) =>
  bed.shared.once('limits', async () => {
    const server = await bed.server('gorilla');
    const roomy = await bed.server('gorilla', { readLimitBytes: 2 * LARGE, maxBufferedBytes: 4 * LARGE });
    const [front, before] = [await bed.proxy([server], tight), await bed.proxy([roomy], tight)];
    const through = async (to: RunningServer, proxy: RunningProxy, size: number) =>
      code(await echoOf(await bed.peer(to, proxy), size));
    return {
      'message of 60 kB, Nginx allows 1k: close code, 0 is an echo': await through(server, front, 60_000),
      'message of 64 KiB + 1: close code': await through(server, front, READ_LIMIT + 1),
      'message of 1 MB, Go allows 2 MB, Nginx 1k: close code, 0 is an echo': await through(
        roomy,
        before,
        LARGE,
      ),
      'polling request of 2 kB, Nginx allows 1k: status': code(
        await posted(front, '/ws-notifications', 2000),
      ),
    };
  });

const BEHIND =
  'gorilla behind Nginx with client_max_body_size and client_body_buffer_size of 1k: messages above that, around the read limit of 64 KiB, and far above both with a read limit of 2 MB; and a POST.';

export const readLimitFirst = claim({
  id: 'read-limit-first',
  part: 'Sizes',
  says: 'With SetReadLimit(65536) in Go the body limits of Nginx make no practical sense: Go cuts the client off earlier.',
  experiment: BEHIND,
  measure: limits,
  judge: (figures) => {
    const passes = figures['message of 60 kB, Nginx allows 1k: close code, 0 is an echo'].value === 0;
    const cut = figures['message of 64 KiB + 1: close code'].value;
    const without =
      figures['message of 1 MB, Go allows 2 MB, Nginx 1k: close code, 0 is an echo'].value === 0;
    if (!passes) return doesNotHold('Nginx cut a message that Go allows.');
    if (cut === 0) return doesNotHold('A message above the read limit came back.');
    return without
      ? holds(
          `Go cuts with ${cut}. The reason is another: after the 101 Nginx applies its body limits to no message, with a read limit or without one.`,
        )
      : holdsIf('There is a read limit: without one Nginx did cut a message above its own.');
  },
});

export const bodyLimit = claim({
  id: 'body-limit',
  part: 'Sizes',
  says: 'client_max_body_size 0 helps when very large initial data are sent.',
  experiment: BEHIND,
  measure: limits,
  judge: (figures) => {
    const large = figures['message of 1 MB, Go allows 2 MB, Nginx 1k: close code, 0 is an echo'].value;
    const polling = figures['polling request of 2 kB, Nginx allows 1k: status'].value;
    if (large !== 0) return holds('Nginx cut a message above its body limit.');
    return polling === 413
      ? holdsIf(
          'The data come by HTTP, as with long-polling, where Nginx answers 413. A WebSocket message a thousand times its limit passed.',
        )
      : doesNotHold('Neither a message nor a request was limited by it.');
  },
});

const BOMB_BYTES = 32 << 20;

export const readLimitProtects = claim({
  id: 'read-limit-protects',
  part: 'Sizes',
  says: 'SetReadLimit bounds the size of a message, and so protects from a denial of service by memory.',
  experiment:
    'The article’s server, reduced, with its read limit of 64 KiB and its EnableCompression: a plain message of one byte more, and 32 MiB of one letter as a compressed message.',
  measure: async (bed) => {
    const server = await bed.server(articleServer('-compression'));
    const plain = await echoOf(await bed.peer(server), READ_LIMIT + 1);
    const before = residentBytes([server.pid]);
    const peer = await bed.peer(server, undefined, { offer: 'permessage-deflate' });
    const bomb = peer.encode('x'.repeat(BOMB_BYTES), { compressed: true });
    peer.raw.send(bomb);
    const message = await ifSeen(peer.message(1, WAIT_MS));
    return {
      'plain message of 64 KiB + 1: close code, 0 is an echo': code(plain),
      'compressed message: bytes on the wire': count(bomb.length),
      'the same inflated: bytes that came back': count(message?.data.length ?? 0),
      'memory of the server after it: grown by': bytes(Math.max(0, residentBytes([server.pid]) - before)),
    };
  },
  judge: (figures) => {
    if (figures['plain message of 64 KiB + 1: close code, 0 is an echo'].value === 0)
      return doesNotHold('A plain message above it came back.');
    return figures['the same inflated: bytes that came back'].value > READ_LIMIT
      ? holdsIf(
          `Compression is off, and the article turns it on: gorilla counts bytes on the wire, and ${Math.round(figures['the same inflated: bytes that came back'].value / 2 ** 20)} MiB came in by ${Math.round(figures['compressed message: bytes on the wire'].value / 1024)} KiB.`,
        )
      : holds('It cut a plain message above it, and one that inflates to more.');
  },
});
