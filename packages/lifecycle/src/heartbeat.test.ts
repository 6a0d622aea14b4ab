import { parseConfig } from '@ws-arena/config/parse-config';
import { tickMs } from '@ws-arena/config/tick';
import { describe, expect, test } from 'vitest';
import { type Beat, Heartbeat, type Peer } from './heartbeat.ts';

const config = parseConfig({ pingPeriodMs: 800, pongWaitMs: 1600, writeWaitMs: 800 });
const tick = tickMs(config);

/** A connection that records what was done to it. */
class FakePeer implements Peer {
  isPaused = false;
  waiting = 0;
  taken = 0;
  pingsAtMs: number[] = [];
  cutAtMs: number | undefined;
  beat!: Beat<FakePeer>;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  ping(): void {
    this.pingsAtMs.push(this.#nowMs());
  }
  waitingBytes(): number {
    return this.waiting;
  }
  progress(): number {
    return this.taken;
  }
  terminate(): void {
    this.cutAtMs = this.#nowMs();
  }
}

/** A heartbeat whose clock moves only when the test says so. */
function driven(settings = config) {
  let nowMs = 1_000_000;
  const cuts: string[] = [];
  const heartbeat = new Heartbeat<FakePeer>(settings, (reason) => cuts.push(reason));
  const startMs = nowMs;
  heartbeat.tick(nowMs);
  return {
    heartbeat,
    cuts,
    sinceStart: () => nowMs - startMs,
    connect() {
      const peer = new FakePeer(() => nowMs - startMs);
      peer.beat = heartbeat.add(peer);
      return peer;
    },
    /** Runs ticks for `ms`, calling `each` after every one. */
    run(ms: number, each: () => void = () => {}) {
      for (const untilMs = nowMs + ms; nowMs < untilMs; ) {
        nowMs += tick;
        heartbeat.tick(nowMs);
        each();
      }
    },
    /** The process does nothing for `ms`, then ticks once. */
    stall(ms: number) {
      nowMs += ms;
      heartbeat.tick(nowMs);
    },
  };
}

describe('pings', () => {
  test('each connection is pinged at least once in each period', () => {
    const { connect, heartbeat, run } = driven();
    const peers = Array.from({ length: 50 }, connect);
    run(10 * config.pingPeriodMs, () => {
      for (const peer of peers) heartbeat.pong(peer.beat);
    });
    for (const peer of peers) {
      const gaps = [0, ...peer.pingsAtMs].map((at, i) => (peer.pingsAtMs[i] ?? at) - at);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(config.pingPeriodMs);
      expect(peer.pingsAtMs.length).toBeLessThanOrEqual(13);
    }
  });

  test('connections that come all at once are not pinged all at once', () => {
    const { connect, run } = driven();
    const peers = Array.from({ length: 70 }, connect);
    let before = 0;
    let most = 0;
    run(config.pingPeriodMs, () => {
      const pings = peers.reduce((sum, peer) => sum + peer.pingsAtMs.length, 0);
      most = Math.max(most, pings - before);
      before = pings;
    });
    expect(most).toBe(10);
  });

  test('one that has ended is left alone', () => {
    const { connect, cuts, heartbeat, run } = driven();
    const peer = connect();
    heartbeat.remove(peer.beat);
    run(10_000);
    expect(peer.pingsAtMs).toEqual([]);
    expect(peer.cutAtMs).toBeUndefined();
    expect(cuts).toEqual([]);
  });
});

test('one that was removed leads to no other: what is kept of it keeps nobody', () => {
  const { connect, heartbeat } = driven();
  const [, middle] = [connect(), connect(), connect()];
  heartbeat.remove(middle!.beat);
  expect(middle!.beat.older).toBeUndefined();
  expect(middle!.beat.newer).toBeUndefined();
});

describe('closeAll', () => {
  test('reaches all, at once where it is not spread', async () => {
    const { connect, heartbeat } = driven();
    const peers = Array.from({ length: 5 }, connect);
    heartbeat.pong(peers[1]!.beat);
    const closed: FakePeer[] = [];
    const all = heartbeat.closeAll(0, (peer) => {
      closed.push(peer);
      heartbeat.remove(peer.beat);
    });
    expect(new Set(closed)).toEqual(new Set(peers));
    await all;
  });

  test('spreads them evenly', async () => {
    const { connect, heartbeat } = driven();
    for (let i = 0; i < 8; i += 1) connect();
    const startMs = performance.now();
    const afterMs: number[] = [];
    await heartbeat.closeAll(200, () => void afterMs.push(performance.now() - startMs));
    expect(afterMs).toHaveLength(8);
    // A busy machine makes it later, never sooner.
    for (const [i, ms] of afterMs.entries()) expect(ms).toBeGreaterThanOrEqual((200 * i) / 8);
  });

  test('does not wait for those that have ended', async () => {
    const { connect, heartbeat } = driven();
    const peers = Array.from({ length: 8 }, connect);
    const closed: FakePeer[] = [];
    const all = heartbeat.closeAll(3_600_000, (peer) => void closed.push(peer));
    for (const peer of peers) heartbeat.remove(peer.beat);
    await all;
    expect(closed).toHaveLength(1);
  });
});

describe('the pong deadline', () => {
  test('who never answers is cut after pongWait, and at most two ticks later', () => {
    const { connect, cuts, run } = driven();
    const peer = connect();
    run(10_000);
    expect(peer.cutAtMs).toBeGreaterThanOrEqual(config.pongWaitMs);
    expect(peer.cutAtMs).toBeLessThanOrEqual(config.pongWaitMs + 2 * tick);
    expect(cuts).toEqual(['pong_wait']);
  });

  test('who answers is kept; after the last pong the wait begins anew', () => {
    const { connect, heartbeat, run, sinceStart } = driven();
    const [alive, dying] = [connect(), connect()];
    run(20_000, () => {
      heartbeat.pong(alive.beat);
      if (sinceStart() <= 5000) heartbeat.pong(dying.beat);
    });
    expect(alive.cutAtMs).toBeUndefined();
    expect(dying.cutAtMs).toBeGreaterThanOrEqual(5000 + config.pongWaitMs);
    expect(dying.cutAtMs).toBeLessThanOrEqual(5000 + config.pongWaitMs + 2 * tick);
  });

  test('any order of pongs and ends leaves the rest under watch', () => {
    const { connect, cuts, heartbeat, run } = driven();
    const peers = Array.from({ length: 9 }, connect);
    run(tick);
    for (const i of [4, 0, 8, 2]) heartbeat.pong(peers[i]!.beat);
    for (const i of [1, 8, 4, 8]) heartbeat.remove(peers[i]!.beat);
    heartbeat.pong(peers[1]!.beat);
    run(10_000);
    expect(peers.map((peer) => peer.cutAtMs !== undefined)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => ![1, 4, 8].includes(i)),
    );
    expect(cuts).toHaveLength(6);
  });

  test('a stall of this process is not held against the peers', () => {
    const { connect, heartbeat, run, stall } = driven();
    const peer = connect();
    run(1000, () => heartbeat.pong(peer.beat));
    stall(60_000);
    expect(peer.cutAtMs).toBeUndefined();
    heartbeat.pong(peer.beat);
    run(config.pongWaitMs - tick);
    expect(peer.cutAtMs).toBeUndefined();
    run(10_000);
    expect(peer.cutAtMs).toBeDefined();
  });
});

describe('the write deadline', () => {
  const alive = (peer: FakePeer, heartbeat: Heartbeat<FakePeer>) => () => heartbeat.pong(peer.beat);

  test('who takes nothing is cut after writeWait, and at most two ticks later, pongs or not', () => {
    const { connect, cuts, heartbeat, run } = driven();
    const peer = connect();
    peer.waiting = 1000;
    heartbeat.watchWrites(peer.beat);
    heartbeat.watchWrites(peer.beat);
    run(10_000, alive(peer, heartbeat));
    expect(peer.cutAtMs).toBeGreaterThanOrEqual(config.writeWaitMs);
    expect(peer.cutAtMs).toBeLessThanOrEqual(config.writeWaitMs + 2 * tick);
    expect(cuts).toEqual(['write_wait']);
  });

  test('who takes a little each writeWait is kept, however much waits', () => {
    const { connect, heartbeat, run, sinceStart } = driven();
    const peer = connect();
    peer.waiting = 1_000_000;
    heartbeat.watchWrites(peer.beat);
    run(60_000, () => {
      heartbeat.pong(peer.beat);
      if (sinceStart() % config.writeWaitMs < tick) peer.taken += 1;
    });
    expect(peer.cutAtMs).toBeUndefined();
  });

  test('who has taken all is no longer watched, and is watched again when bytes wait again', () => {
    const { connect, heartbeat, run } = driven();
    const peer = connect();
    peer.waiting = 10;
    heartbeat.watchWrites(peer.beat);
    run(tick, alive(peer, heartbeat));
    peer.waiting = 0;
    run(5000, alive(peer, heartbeat));
    peer.waiting = 10;
    run(5000, alive(peer, heartbeat));
    expect(peer.cutAtMs).toBeUndefined();
    heartbeat.watchWrites(peer.beat);
    run(config.writeWaitMs + 2 * tick, alive(peer, heartbeat));
    expect(peer.cutAtMs).toBeDefined();
  });

  test('a stall of this process is not held against who takes a little', () => {
    const { connect, heartbeat, stall } = driven(
      parseConfig({ pingPeriodMs: 800, pongWaitMs: 1600, writeWaitMs: 200 }),
    );
    const peer = connect();
    peer.waiting = 1_000_000;
    heartbeat.watchWrites(peer.beat);
    for (let stalls = 0; stalls < 10; stalls += 1) {
      stall(2000);
      expect(peer.cutAtMs).toBeUndefined();
      heartbeat.pong(peer.beat);
      peer.taken += 1;
    }
  });

  test('after a fan-out inside the library, those with bytes waiting are found', () => {
    const { connect, heartbeat, run } = driven();
    const [stalled, reader] = [connect(), connect()];
    stalled.waiting = 10;
    heartbeat.suspectWrites([stalled, reader]);
    run(config.writeWaitMs + 3 * tick, () => {
      heartbeat.pong(stalled.beat);
      heartbeat.pong(reader.beat);
    });
    expect(stalled.cutAtMs).toBeGreaterThanOrEqual(config.writeWaitMs);
    expect(reader.cutAtMs).toBeUndefined();
  });

  test('while the server does not read from a peer, progress stands for its pongs', () => {
    const { connect, heartbeat, run } = driven();
    const peer = connect();
    Object.assign(peer, { isPaused: true, waiting: 10 });
    heartbeat.watchWrites(peer.beat);
    run(10 * config.pongWaitMs, () => {
      peer.taken += 1;
    });
    expect(peer.cutAtMs).toBeUndefined();
    peer.isPaused = false;
    run(config.pongWaitMs + 3 * tick, () => {
      peer.taken += 1;
    });
    expect(peer.cutAtMs).toBeDefined();
  });
});
