import { setTimeout as delay } from 'node:timers/promises';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Redis } from 'ioredis';
import type { JobClient, JobEvent, Tally } from '../processes/control.ts';
import { resultOf } from '../processes/job-result.ts';
import { descriptorLimit } from '../processes/worker-count.ts';
import type { WorkerPool } from '../processes/worker-pool.ts';
import { nowNs } from '../schedule/clock.ts';
import { type Schedule, scheduleOf } from '../schedule/schedule.ts';
import { Heartbeat, SILENT_MS } from './heartbeat.ts';
import { Mailbox } from './mailbox.ts';
import {
  agentBox,
  coordinatorBox,
  encodeResult,
  type FromAgent,
  type Part,
  type ToAgent,
} from './messages.ts';
import { clockRefusal, readRedisClock } from './redis-clock.ts';
import { withOwnFiles } from './shared-files.ts';

/**
 * A result that nobody has confirmed is sent again after so long, and so often: Redis may have lost it. Sooner than the agent
 * is taken for dead, for it says nothing else meanwhile.
 */
const CONFIRM_MS = SILENT_MS / 2;
const CONFIRM_TIMES = 3;

/** Whom an agent works for, and as whom. */
export interface AgentOptions {
  readonly redisUrl: string;
  /** What a report calls it. */
  readonly name: string;
  /** Where its scenario and payload files are: the only ones that a run can name. */
  readonly folder: string;
  /** Aborted when the agent is to end; it gives up its run then. */
  readonly stop: AbortSignal;
  /** One sentence about what it does. */
  say(text: string): void;
  /** What it measured itself of a run. */
  measured?(run: string, part: number, result: LoadResult): void;
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'part'> : never;

/** One agent's part in one run: join → job → connect → start → result. */
export class AgentTurn {
  readonly #redis: Redis;
  readonly #pool: WorkerPool;
  readonly #part: Part;
  readonly #options: AgentOptions;
  readonly #coordinator: Mailbox<FromAgent>;
  readonly #inbox: Mailbox<ToAgent>;
  readonly #job = Promise.withResolvers<Extract<ToAgent, { kind: 'job' }>>();
  readonly #start = Promise.withResolvers<Extract<ToAgent, { kind: 'start' }>>();
  /** The load ends; and nobody waits for this agent any more. */
  readonly #stop = new AbortController();
  readonly #over = new AbortController();
  #tally: Tally | undefined;
  /** That the connections stand: said again until the start is heard of, for Redis may lose it. */
  #connected: JobEvent | undefined;

  constructor(redis: Redis, pool: WorkerPool, part: Part, options: AgentOptions) {
    this.#redis = redis;
    this.#pool = pool;
    this.#part = part;
    this.#options = options;
    this.#coordinator = new Mailbox(redis, coordinatorBox(part.run));
    this.#inbox = new Mailbox(redis, agentBox(part));
    // Whoever waits for them is told by a rejection when the run is over.
    this.#job.promise.catch(() => {});
    this.#start.promise.catch(() => {});
  }

  /** Resolves when the agent is free again; a failure is said, here and to the coordinator. */
  async take(): Promise<void> {
    const { stop, name } = this.#options;
    const { untilMs, clockBoundMs } = this.#part;
    const leave = () => {
      this.#fail('it was ended');
      void this.#released().then(() => this.#end());
    };
    stop.addEventListener('abort', leave);
    try {
      const clock = await readRedisClock(this.#redis);
      const lateMs = clock.nowMs() - untilMs;
      if (lateMs > 0) {
        this.#say(`refused: it takes no agent any more, for ${Math.round(lateMs)} ms`);
        return;
      }
      const refusal = clockRefusal(clock, clockBoundMs);
      if (refusal !== undefined) {
        this.#fail(refusal);
        return;
      }
      this.#inbox.listen(this.#hear);
      const { aheadMs: clockAheadMs, roundTripMs } = clock;
      this.#post({ kind: 'joined', name, descriptors: descriptorLimit(), clockAheadMs, roundTripMs });
      await this.#work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#over.signal.aborted) {
        this.#fail(reason);
        await this.#released();
      }
    } finally {
      stop.removeEventListener('abort', leave);
      await this.#coordinator.flushed();
      await this.#inbox.remove();
      await this.#coordinator.close();
    }
  }

  async #work(): Promise<void> {
    const heartbeat = new Heartbeat<'coordinator'>(this.#redis, {
      beat: () => {
        this.#post({ kind: 'alive', ...(this.#tally && { tally: this.#tally }) });
        if (this.#connected) this.#post({ kind: 'event', event: this.#connected });
      },
      silent: () => this.#abandon(),
    });
    heartbeat.heard('coordinator');
    this.#heard = () => heartbeat.heard('coordinator');
    try {
      const { spec: named, files, share } = await this.#job.promise;
      const spec = withOwnFiles(named, files, this.#options.folder);
      this.#say(`does ${share.count} of ${share.of} processes' work`);
      const results = await this.#pool.run(spec, share, this.#client(spec));
      heartbeat.stop();
      const own = resultOf(spec, results, this.#stop.signal.aborted);
      const { offered, sent, delivered } = own.messages;
      this.#say(`${offered} offered, ${sent} sent, ${delivered} delivered`);
      this.#options.measured?.(this.#part.run, this.#part.part, own);
      for (let i = 0; i < CONFIRM_TIMES && !this.#over.signal.aborted; i++) {
        this.#post({ kind: 'result', results: results.map(encodeResult) });
        await this.#released();
      }
    } finally {
      heartbeat.stop();
    }
  }

  /** Of the pool's job: what happens in it goes to the coordinator, who says when the load begins. */
  #client(spec: LoadSpec): JobClient {
    return {
      emit: (event) => {
        if (event.event === 'connected') this.#connected = event;
        this.#post({ kind: 'event', event });
      },
      progress: (tally) => {
        this.#tally = tally;
      },
      schedule: () => this.#schedule(spec),
      go: async () => {},
      stop: this.#stop.signal,
    };
  }

  async #schedule(spec: LoadSpec): Promise<Schedule> {
    const { atMs, connections } = await this.#start.promise;
    this.#connected = undefined;
    // Anew: since the agent joined, minutes may have passed, in which clocks drift apart.
    const clock = await readRedisClock(this.#redis);
    const lateMs = (nowNs() - clock.toNs(atMs)) / 1e6;
    if (lateMs > 0) throw new Error(`it heard of the start ${lateMs.toFixed(1)} ms too late`);
    return scheduleOf(spec, clock.toNs(atMs), connections);
  }

  #heard = () => {};

  readonly #hear = (message: ToAgent): void => {
    this.#heard();
    if (message.kind === 'job') this.#job.resolve(message);
    else if (message.kind === 'start') this.#start.resolve(message);
    else if (message.kind === 'stop') this.#stop.abort();
    else if (message.kind === 'over') this.#end(message.reason);
  };

  /** Nobody waits for this agent any more, or it can do no more. */
  #end(reason?: string): void {
    if (reason !== undefined) this.#say(reason);
    this.#over.abort();
    this.#stop.abort();
    const over = new Error(reason ?? 'the run is over');
    this.#job.reject(over);
    this.#start.reject(over);
  }

  /** The coordinator has died: nobody else takes its mailbox out of Redis. One that has let this agent go is silent, and lives. */
  #abandon(): void {
    if (this.#over.signal.aborted) return;
    this.#end('the coordinator has died');
    void this.#coordinator.remove();
  }

  /** The coordinator has told this agent that it is over, or does not: until then it may post to the agent's mailbox. */
  async #released(): Promise<void> {
    await delay(CONFIRM_MS, undefined, { signal: this.#over.signal }).catch(() => {});
  }

  #fail(reason: string): void {
    this.#say(reason);
    this.#post({ kind: 'failed', name: this.#options.name, reason });
  }

  #say(text: string): void {
    this.#options.say(`run ${this.#part.run}, part ${this.#part.part + 1}: ${text}`);
  }

  #post(message: Unnumbered<FromAgent>): void {
    if (this.#over.signal.aborted) return;
    this.#coordinator.post({ ...message, part: this.#part.part });
  }
}
