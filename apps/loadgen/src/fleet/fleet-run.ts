import { setTimeout as delay } from 'node:timers/promises';
import type { AgentReport } from '@ws-arena/load/load-result';
import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type JobClient, type JobEvent, sumOf, type Tally } from '../processes/control.ts';
import type { ProcessResult } from '../processes/process-result.ts';
import { agentsWord, type FleetOptions } from './fleet-options.ts';
import { Heartbeat, REDIS_PATIENCE_MS, SILENT_MS } from './heartbeat.ts';
import { KEY_PREFIX, Mailbox } from './mailbox.ts';
import {
  AGENT_QUEUE,
  type AgentIntroduction,
  agentBox,
  coordinatorBox,
  decodeResult,
  type FromAgent,
  type Part,
  type ToAgent,
} from './messages.ts';
import { News } from './news.ts';
import { readRedisClock } from './redis-clock.ts';

/** Tidying up waits no longer for Redis, in milliseconds. */
const TIDY_MS = 3000;
/** All agents are there when there have been as many for so long, in milliseconds; and how often to look. */
const SETTLED_MS = 5000;
const LOOK_MS = 250;

/** What is known of an agent that has come. */
interface Agent extends AgentIntroduction {
  readonly box: Mailbox<ToAgent>;
  /** What it is to do now, said again with each heartbeat: Redis may lose one. */
  order: ToAgent;
  connections?: number;
  tally?: Tally;
  readonly reached: Set<JobEvent['event']>;
  results?: readonly ProcessResult[];
  /** Why there will be no result. */
  lost?: string;
}

/** The coordinator's end of one run: it waits until all agents have come to a step, and says the next. */
export class FleetRun {
  /** One sentence for each agent that was lost in mid-run. */
  readonly lost: string[] = [];
  readonly #redis: Redis;
  readonly #run: string;
  readonly #client: JobClient;
  readonly #options: FleetOptions;
  readonly #inbox: Mailbox<FromAgent>;
  readonly #queue: Queue<Part, void, string>;
  #parts: readonly Job<Part, void, string>[] = [];
  readonly #agents = new Map<number, Agent>();
  readonly #heartbeat: Heartbeat<number>;
  readonly #news = new News();
  #failure: Error | undefined;
  #started = false;
  /** How many agents do the job; 0 while that is not known. */
  #wanted = 0;

  constructor(redis: Redis, run: string, client: JobClient, options: FleetOptions) {
    this.#redis = redis;
    this.#run = run;
    this.#client = client;
    this.#options = options;
    this.#inbox = new Mailbox(redis, coordinatorBox(run));
    this.#queue = new Queue(AGENT_QUEUE, { connection: redis, prefix: KEY_PREFIX });
    this.#queue.on('error', () => {});
    this.#heartbeat = new Heartbeat(redis, {
      beat: this.#beat,
      silent: (part) => this.#lose(part, `it has said nothing for ${SILENT_MS / 1000} s`),
      gone: () => this.#fail(`Redis has been away for ${REDIS_PATIENCE_MS / 1000} s`),
    });
    client.stop.addEventListener('abort', this.#stop);
    if (client.stop.aborted) this.#stop();
  }

  /** Resolves to the number of agents when every one has come. @throws Error in one sentence when they do not, or one refuses. */
  async gather(): Promise<number> {
    const { waitMs, clockBoundMs } = this.#options;
    this.#wanted = await this.#awaited();
    const agents = this.#wanted;
    const untilMs = (await readRedisClock(this.#redis)).nowMs() + waitMs;
    this.#inbox.listen(this.#hear);
    const parts = Array.from({ length: agents }, (_, part) => ({
      name: 'part',
      data: { run: this.#run, part, untilMs, clockBoundMs },
      opts: { removeOnComplete: true, removeOnFail: true },
    }));
    this.#parts = await this.#queue.addBulk(parts);
    const few = () => `${this.#agents.size} of ${agentsWord(agents)} came within ${waitMs / 1000} s`;
    const timer = setTimeout(() => this.#fail(few()), waitMs);
    await this.#until(() => this.#agents.size === agents).finally(() => clearTimeout(timer));
    return agents;
  }

  /** How many agents to take. */
  async #awaited(): Promise<number> {
    const { agents, waitMs } = this.#options;
    if (agents !== 'all') return agents;
    const begunMs = performance.now();
    let count = 0;
    for (let sinceMs = begunMs; count === 0 || performance.now() - sinceMs < SETTLED_MS; ) {
      if (this.#failure) throw this.#failure;
      if (count === 0 && performance.now() - begunMs > waitMs)
        throw new Error(`no agent came within ${waitMs / 1000} s`);
      await delay(LOOK_MS);
      const now = await this.#queue.getWorkersCount();
      if (now !== count) sinceMs = performance.now();
      count = now;
    }
    return count;
  }

  /** Of a process of the agent that may have the fewest. */
  get fewestDescriptors(): number {
    return Math.min(...this.#all.map((agent) => agent.descriptors));
  }

  /** Gives each agent its job, by part. */
  hand(jobs: readonly ToAgent[]): void {
    for (const [part, agent] of this.#agents) order(agent, jobs[part]!);
  }

  /** Resolves when the connections of every agent stand. @throws Error in one sentence when one cannot do its job. */
  async connected(): Promise<void> {
    await this.#until(() => this.#all.every((agent) => agent.connections !== undefined));
    this.#client.emit({ event: 'connected', connections: this.#connections });
  }

  /** Has the load begin at one time everywhere, in `leadMs`; resolves to that time of Redis' clock. */
  async start(leadMs: number): Promise<number> {
    const atMs = (await readRedisClock(this.#redis)).nowMs() + leadMs;
    if (this.#failure) throw this.#failure;
    this.#started = true;
    for (const agent of this.#all) order(agent, { kind: 'start', atMs, connections: this.#connections });
    return atMs;
  }

  /** What was measured, by every process of the agents that were not lost. @throws Error in one sentence when all were. */
  async results(): Promise<ProcessResult[]> {
    await this.#until(() =>
      this.#all.every(({ results, lost }) => results !== undefined || lost !== undefined),
    );
    const results = this.#all.flatMap((agent) => agent.results ?? []);
    if (results.length === 0) throw new Error(this.lost.join('; '));
    return results;
  }

  get reports(): AgentReport[] {
    return this.#all.map(({ name, clockAheadMs, roundTripMs, results = [], lost }) => {
      const sum = (of: (one: ProcessResult['result']) => number) =>
        results.reduce((total, { result }) => total + of(result), 0);
      return {
        name,
        processes: results.length,
        connections: sum(({ connections }) => connections.opened),
        sent: sum(({ messages }) => messages.sent),
        delivered: sum(({ messages }) => messages.delivered),
        clockAheadMs,
        roundTripMs,
        ...(lost !== undefined && { lost }),
      };
    });
  }

  /** Lets the agents go, and takes everything of this run out of Redis, if that is there. */
  async end(): Promise<void> {
    this.#heartbeat.stop();
    this.#client.stop.removeEventListener('abort', this.#stop);
    await Promise.race([this.#tidy(), delay(TIDY_MS, undefined, { ref: false })]);
  }

  async #tidy(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.remove().catch(() => {})));
    const reason = this.#failure?.message ?? 'the run has ended without it';
    for (const { box, results, lost } of this.#all) {
      if (lost !== undefined) await box.remove();
      else if (results === undefined) box.post({ kind: 'over', reason });
      await box.flushed();
      await box.close();
    }
    await this.#inbox.remove();
    await this.#queue.close();
  }

  readonly #hear = (message: FromAgent): void => {
    const { part } = message;
    const agent = this.#agents.get(part);
    if (message.kind === 'joined') this.#join(part, message);
    else if (message.kind === 'failed') this.#lose(part, message.reason, message.name);
    else if (agent) {
      if (agent.results === undefined && agent.lost === undefined) this.#heartbeat.heard(part);
      if (message.kind === 'alive') {
        if (message.tally) agent.tally = message.tally;
      } else if (message.kind === 'result') this.#keep(part, agent, message.results.map(decodeResult));
      else this.#reach(agent, message.event);
    }
    this.#news.tell();
  };

  #join(part: number, { name, descriptors, clockAheadMs, roundTripMs }: AgentIntroduction): void {
    if (this.#agents.has(part)) return;
    const box = new Mailbox<ToAgent>(this.#redis, agentBox({ run: this.#run, part }));
    const introduction = { name, descriptors, clockAheadMs, roundTripMs };
    this.#agents.set(part, { ...introduction, box, order: { kind: 'alive' }, reached: new Set() });
    this.#heartbeat.heard(part);
    const clock = `${Math.abs(clockAheadMs).toFixed(1)} ms ${clockAheadMs < 0 ? 'behind' : 'ahead of'}`;
    this.#options.say?.(
      `agent ${name} has come, ${this.#agents.size} of ${this.#wanted}; its clock is ${clock} that of Redis`,
    );
  }

  #keep(part: number, agent: Agent, results: readonly ProcessResult[]): void {
    if (agent.lost !== undefined) return;
    agent.results = results;
    this.#heartbeat.forget(part);
    agent.box.post({ kind: 'over' });
  }

  #reach(agent: Agent, event: JobEvent): void {
    const isNew = !agent.reached.has(event.event);
    agent.reached.add(event.event);
    if (event.event === 'connected') agent.connections = event.connections;
    const all = this.#all.every(({ reached, lost }) => lost !== undefined || reached.has(event.event));
    if (isNew && all && event.event !== 'connected') this.#client.emit(event);
  }

  #lose(part: number, reason: string, name = this.#agents.get(part)?.name ?? String(part)): void {
    const agent = this.#agents.get(part);
    if (!this.#started || !agent) {
      this.#fail(`agent ${name} cannot take part: ${reason}`);
      return;
    }
    if (agent.results !== undefined || agent.lost !== undefined) return;
    agent.lost = reason;
    this.#heartbeat.forget(part);
    // It may only have been frozen: it must not take this end for dead when it goes on.
    agent.box.post({ kind: 'over', reason: `it was taken for lost: ${reason}` });
    this.lost.push(
      `agent ${name} was lost: ${reason}; its ${agent.connections} connections are not in this result`,
    );
    this.#news.tell();
  }

  readonly #beat = (): void => {
    const working = this.#all.filter(({ results, lost }) => results === undefined && lost === undefined);
    for (const { box, order } of working) box.post(order);
    if (this.#agents.size === this.#wanted)
      this.#client.progress?.(sumOf(this.#all.flatMap(({ tally }) => tally ?? [])));
  };

  readonly #stop = (): void => {
    if (!this.#started) this.#fail('stopped before the load began');
    else for (const { box } of this.#all) box.post({ kind: 'stop' });
  };

  #fail(message: string): void {
    this.#failure ??= new Error(message);
    this.#news.tell();
  }

  #until(done: () => boolean): Promise<void> {
    return this.#news.until(() => {
      if (done()) return true;
      if (this.#failure) throw this.#failure;
      return false;
    });
  }

  get #all(): Agent[] {
    return [...this.#agents.values()];
  }

  get #connections(): number {
    return this.#all.reduce((sum, { connections = 0 }) => sum + connections, 0);
  }
}

function order(agent: Agent, message: ToAgent): void {
  agent.order = message;
  agent.box.post(message);
}
