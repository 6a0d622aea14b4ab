import type { RunningServer } from '@ws-arena/contract/running-server';
import type { Peer } from '@ws-arena/contract/suite/peer';
import { medianInterval } from '@ws-arena/report/statistics/median-interval';
import type { ClaimFigure } from '@ws-arena/results/article-file';
import { gained, readThreads } from '../measure/proc.ts';
import { balancedOrders } from '../measure/shuffled.ts';
import type { TestBed } from '../processes/test-bed.ts';
import { duration, plainRatio, ratio } from './claim.ts';
import { type FeedName, feed, feedNames, messageFeeds } from './feeds.ts';

/** How a server compresses. */
export type Way = 'off' | `level ${number}` | `level ${number}, takeover`;

const PEERS = 2;
/** Of a feed, in a block; a snapshot is as large as some fifty messages. */
const MESSAGES = 150;
const SNAPSHOTS = 8;
const BLOCKS = 10;
const WARM_BLOCKS = 2;

/** What one server did with one feed, block by block. */
class WayFigures {
  /** CPU time of the server for one message. */
  readonly costsNs: number[] = [];
  plainBytes = 0;
  wireBytes = 0;

  /** How many times smaller messages are on the wire. */
  smaller(): ClaimFigure {
    return plainRatio(this.plainBytes / this.wireBytes);
  }

  cost(): ClaimFigure {
    return duration(medianInterval(this.costsNs), this.costsNs.length);
  }
}

/** What the ways of one server did with the feeds. */
export class Compressed {
  readonly #figures = new Map<string, WayFigures>();

  of(way: Way, name: FeedName): WayFigures {
    const key = `${way} ${name}`;
    const figures = this.#figures.get(key) ?? new WayFigures();
    this.#figures.set(key, figures);
    return figures;
  }

  /** CPU per message of one way over that of another, over `feeds`, paired by blocks. */
  costRatio(way: Way, baseline: Way, feeds: readonly FeedName[] = messageFeeds): ClaimFigure {
    const pairs = feeds.flatMap((name) => {
      const base = this.of(baseline, name).costsNs;
      return this.of(way, name).costsNs.map((cost, block) => [cost, base[block]!] as const);
    });
    return ratio(pairs);
  }

  /** Bytes on the wire of one way over those of another, over `feeds`. */
  bytesRatio(way: Way, baseline: Way, feeds: readonly FeedName[] = messageFeeds): ClaimFigure {
    const all = (of: Way) => feeds.reduce((sum, name) => sum + this.of(of, name).wireBytes, 0);
    return plainRatio(all(way) / all(baseline));
  }
}

interface Lane {
  readonly way: Way;
  readonly server: RunningServer;
  readonly peers: readonly Peer[];
}

/**
 * Has each feed echoed by a server of `target` for each of `ways`, which take turns. The clients send uncompressed, so that
 * a server only compresses.
 */
export async function compressed(bed: TestBed, target: string, ways: readonly Way[]): Promise<Compressed> {
  const lanes: Lane[] = [];
  for (const way of ways) lanes.push(await laneOf(bed, target, way));
  const figures = new Compressed();
  const order = balancedOrders<Lane>(Math.random);
  for (let block = -WARM_BLOCKS; block < BLOCKS; block += 1) {
    for (const name of feedNames) {
      const messages = feed(name, name === 'snapshots' ? SNAPSHOTS : MESSAGES, block + WARM_BLOCKS + 1);
      for (const lane of order(lanes))
        await echoed(bed, lane, name, messages, block >= 0 ? figures : undefined);
    }
  }
  return figures;
}

async function laneOf(bed: TestBed, target: string, way: Way): Promise<Lane> {
  const deflateLevel = Number(/\d/.exec(way)?.[0] ?? 0);
  const server = await bed.server(target, { deflateLevel, deflateContextTakeover: way.endsWith('takeover') });
  const offer = deflateLevel > 0 ? { offer: 'permessage-deflate' } : {};
  const peers = await bed.peers(PEERS, server, undefined, offer);
  return { way, server, peers };
}

async function echoed(
  bed: TestBed,
  { way, server, peers }: Lane,
  name: FeedName,
  messages: readonly string[],
  figures: Compressed | undefined,
): Promise<void> {
  bed.interrupted.throwIfAborted();
  const before = readThreads([server.pid]);
  const echoes = await Promise.all(
    peers.map(async (peer) => {
      for (const message of messages) peer.say(message);
      await peer.message(messages.length);
      return peer.messages.splice(0);
    }),
  );
  const { cpuNs } = gained(before, readThreads([server.pid]));
  for (const peer of peers) peer.raw.frames.length = 0;
  if (!figures) return;
  const own = figures.of(way, name);
  own.costsNs.push(cpuNs / (PEERS * messages.length));
  for (const { data, wireBytes } of echoes.flat()) {
    own.plainBytes += data.length;
    own.wireBytes += wireBytes;
  }
}
