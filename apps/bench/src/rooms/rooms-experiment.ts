import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from '@ws-arena/contract/running-server';
import type { Target } from '@ws-arena/contract/targets';
import { type RunningRedis, startRedis } from '@ws-arena/infra/running-redis';
import { judgeStep } from '@ws-arena/report/capacity';
import type { SliceLine } from '@ws-arena/results/slice-line';
import type { Case } from '@ws-arena/results/trial';
import { metrics as names } from '@ws-arena/server-interface/metric-names';
import { measureSlice } from '../measure/measure-slice.ts';
import type { Session } from '../measure/session.ts';
import { benchConfig } from '../plan/bench-config.ts';
import { slicedLoad } from '../plan/loads.ts';
import { Arena } from '../processes/arena.ts';
import { redisCarries } from '../processes/over-redis.ts';
import { pinning, sharesCore } from '../processes/pinning.ts';

/** What became of rooms over three instances. */
export interface RoomsFinding {
  readonly target: string;
  /** Messages a second to each room. */
  readonly hz: number;
  /** Slices of a second each, one after the other. */
  readonly steady: readonly SliceLine[];
  /** Those in which Redis was away, and those that began when all instances had found it again. */
  readonly away: readonly SliceLine[];
  readonly after: readonly SliceLine[];
  /** Messages that the servers counted as lost. */
  readonly givenUp: number;
  /** From the end of Redis to its start, and from there until it carried the rooms of every instance, in milliseconds. */
  readonly awayMs: number;
  readonly backMs: number;
}

/** Rooms, members of each, and messages a second to each; without these, half of what is kept. */
export interface Room {
  readonly rooms: number;
  readonly members: number;
  readonly hz?: number;
}

const INSTANCES = 3;
const AWAY_MS = 1000;
/** What is under way at the end of a slice may take so long; where nothing is to be lost, a busy machine is no loss. */
const DRAIN_MS = 2000;
const PATIENT_DRAIN_MS = 20_000;
const FIRST_HZ = 15;
const LAST_HZ = 7680;

/**
 * Rooms over three instances with Redis between them: steadily, and with Redis killed in the middle and started again.
 * @throws Error when the target keeps no rate, or a process of it ended; RedisUnavailable without a Redis.
 */
export async function roomsExperiment(
  target: Target,
  room: Room,
  seconds: number,
  interrupted: AbortSignal,
): Promise<RoomsFinding> {
  const lane = await Lane.open(target, room, interrupted);
  try {
    const hz = room.hz ?? (await lane.keptHz()) / 2;
    const steady: SliceLine[] = [];
    while (steady.length < seconds) steady.push(await lane.second(hz, PATIENT_DRAIN_MS));
    const before = await lane.givenUp();
    const restart = lane.restartRedis();
    const away: SliceLine[] = [];
    while (!restart.isOver()) away.push(await lane.second(hz));
    const times = await restart.done;
    const after: SliceLine[] = [];
    while (after.length < Math.ceil(seconds / 3)) after.push(await lane.second(hz, PATIENT_DRAIN_MS));
    const givenUp = (await lane.givenUp()) - before;
    return { target: target.name, hz, steady, away, after, givenUp, ...times };
  } finally {
    await lane.close();
  }
}

interface LaneParts {
  readonly arena: Arena;
  readonly case: Case;
  readonly room: Room;
  readonly session: Session;
  readonly servers: readonly RunningServer[];
}

/** Three instances of a target, their Redis, and the connections of the members. */
class Lane {
  readonly #parts: LaneParts;
  #redis: RunningRedis;

  private constructor(parts: LaneParts, redis: RunningRedis) {
    this.#parts = parts;
    this.#redis = redis;
  }

  static async open(target: Target, room: Room, interrupted: AbortSignal): Promise<Lane> {
    const config = benchConfig({ targets: target.name });
    const arena = new Arena(config, pinning(config.pin), interrupted);
    const { server: cpus } = arena.pinning;
    const redis = await startRedis(cpus === undefined ? {} : { cpus });
    try {
      const params = { ...room, payloadBytes: 64, instances: INSTANCES };
      const one: Case = { scenario: 'rooms', target: target.name, route: 'direct', params };
      const settings = { redisUrl: redis.url };
      const session = await arena.open(one, target, { ...slicedLoad(one, config), settings });
      const { servers } = await arena.served(target, settings, false, { instances: INSTANCES });
      await redisCarries(servers);
      return new Lane({ arena, case: one, room, session, servers }, redis);
    } catch (error) {
      await arena.close(true);
      await redis.kill();
      throw error;
    }
  }

  /** A slice of one second at `hz` messages to each room. @throws Error when it could not be measured. */
  async second(hz: number, drainMs = DRAIN_MS): Promise<SliceLine> {
    const { arena, session, case: one, room } = this.#parts;
    const { rooms } = room;
    const load = { kind: 'broadcast', rooms, ratePerSec: rooms * hz } as const;
    const spec = { load, durationMs: 1000, drainMs };
    const slice = await measureSlice(arena, session, one, spec);
    if (slice.error !== undefined) throw new Error(slice.error);
    return { type: 'slice', case: 0, block: 0, atMs: 0, ...slice };
  }

  /**
   * The highest of the rates 15, 30, 60, … that is kept, as a step of the ladder is judged. It is sought until two rates in
   * turn are not kept: one may be a stall of the machine.
   */
  async keptHz(): Promise<number> {
    const { arena, room } = this.#parts;
    const bounds = { p99BoundMs: arena.config.p99BoundMs, sharedCore: sharesCore(arena.pinning) };
    await this.second(FIRST_HZ);
    let kept = 0;
    for (let hz = FIRST_HZ, missed = 0; hz <= LAST_HZ && missed < 2; hz *= 2) {
      const slices = [await this.second(hz), await this.second(hz), await this.second(hz)];
      const isKept = judgeStep(hz * room.rooms, slices, bounds).outcome === 'keeps';
      if (isKept) kept = hz;
      missed = isKept ? 0 : missed + 1;
    }
    if (kept > 0) return kept;
    throw new Error(
      `${this.#parts.case.target} does not keep ${FIRST_HZ} messages a second to each room here`,
    );
  }

  /** Kills Redis, and starts it again on its port a second later. */
  restartRedis(): {
    isOver(): boolean;
    done: Promise<Pick<RoomsFinding, 'awayMs' | 'backMs'>>;
  } {
    let over = false;
    const restart = async () => {
      const startedMs = performance.now();
      await this.#redis.kill();
      await sleep(AWAY_MS);
      this.#redis = await startRedis({ port: this.#redis.port });
      const upMs = performance.now();
      await redisCarries(this.#parts.servers);
      return { awayMs: upMs - startedMs, backMs: performance.now() - upMs };
    };
    const done = restart().finally(() => {
      over = true;
    });
    done.catch(() => {});
    return { isOver: () => over, done };
  }

  /** Messages that the servers have counted as lost, all together. */
  async givenUp(): Promise<number> {
    const count = new RegExp(`^${names.redisLost.name} (\\d+)`, 'm');
    const texts = this.#parts.servers.map(async ({ httpUrl }) => (await fetch(`${httpUrl}/metrics`)).text());
    return (await Promise.all(texts)).reduce((sum, text) => sum + Number(count.exec(text)?.[1]), 0);
  }

  async close(): Promise<void> {
    await this.#parts.arena.close(true);
    await this.#redis.kill();
  }
}
