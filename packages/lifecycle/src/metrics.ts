import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { closeCodeLabel } from '@ws-arena/server-interface/close-code-label';
import { metrics as names } from '@ws-arena/server-interface/metric-names';
import { Counter, Gauge, Registry } from 'prom-client';
import type { DeadlineReason } from './heartbeat.ts';

/** Why a server cut a connection. */
export type CutReason = DeadlineReason | 'buffer_full';

const LAG_RESOLUTION_MS = 100;
/** What a loop without any delay shows: in Node.js the time from look to look, in Bun nothing. */
const NO_LAG_SECONDS = process.versions.bun === undefined ? LAG_RESOLUTION_MS / 1e3 : 0;
const TEXT_AGE_MS = 100;

/**
 * What a server counts. The message path adds to plain numbers; Prometheus sees them only when it asks.
 */
export class Metrics {
  connections = 0;
  #echoes = 0;
  #echoBytes = 0;
  #received = 0;
  #receivedBytes = 0;
  #sent = 0;
  #sentBytes = 0;
  readonly contentType: string;
  readonly #closes = new Map<string, number>();
  readonly #cuts: Record<CutReason, number> = { pong_wait: 0, write_wait: 0, buffer_full: 0 };
  readonly #rejects = new Map<number, number>();
  readonly #registry = new Registry();
  readonly #lag: IntervalHistogram;
  #text: Promise<string> | undefined;

  constructor() {
    this.contentType = this.#registry.contentType;
    this.#lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
    this.#lag.enable();
    this.#gauge(names.connections, (set) => set({}, this.connections));
    this.#counter(names.messages, (set) => {
      set({ direction: 'received' }, this.#echoes + this.#received);
      set({ direction: 'sent' }, this.#echoes + this.#sent);
    });
    this.#counter(names.bytes, (set) => {
      set({ direction: 'received' }, this.#echoBytes + this.#receivedBytes);
      set({ direction: 'sent' }, this.#echoBytes + this.#sentBytes);
    });
    this.#counter(names.closes, (set) => {
      for (const [code, count] of this.#closes) set({ code }, count);
    });
    this.#counter(names.cuts, (set) => {
      for (const [reason, count] of Object.entries(this.#cuts)) set({ reason }, count);
    });
    this.#counter(names.rejects, (set) => {
      for (const [status, count] of this.#rejects) set({ status }, count);
    });
    this.#gauge(names.loopLag, (set) => this.#collectLag(set));
    this.#gauge(names.residentMemory, (set) => set({}, process.memoryUsage.rss()));
    this.#counter(names.cpuSeconds, (set) => {
      const { user, system } = process.cpuUsage();
      set({}, (user + system) / 1e6);
    });
  }

  /** A message of `bytes` was received and sent back; cheaper than a call of `received` and one of `sent`. */
  echoed(bytes: number): void {
    this.#echoes += 1;
    this.#echoBytes += bytes;
  }

  /** A message of `bytes` was received. */
  received(bytes: number): void {
    this.#received += 1;
    this.#receivedBytes += bytes;
  }

  /** A message of `bytes` was sent to each of `receivers`. */
  sent(receivers: number, bytes: number): void {
    this.#sent += receivers;
    this.#sentBytes += receivers * bytes;
  }

  /** A connection has opened. */
  opened(): void {
    this.connections += 1;
  }

  /** A connection has ended; `code` as the client saw it, 1006 when there was none. */
  closed(code: number): void {
    this.connections -= 1;
    const label = closeCodeLabel(code);
    this.#closes.set(label, (this.#closes.get(label) ?? 0) + 1);
  }

  /** The server cut a connection. */
  cut(reason: CutReason): void {
    this.#cuts[reason] += 1;
  }

  /** An upgrade was refused with this HTTP status. */
  rejected(status: number): void {
    this.#rejects.set(status, (this.#rejects.get(status) ?? 0) + 1);
  }

  /** Serves whether Redis carries the rooms, and what it did not; without this, neither is served. */
  watchRedis(redis: { readonly up: boolean; readonly lost: number }): void {
    this.#gauge(names.redisUp, (set) => set({}, Number(redis.up)));
    this.#counter(names.redisLost, (set) => set({}, redis.lost));
  }

  /** The Prometheus text of now, or of a moment ago: who asks often does not have it made often. */
  text(): Promise<string> {
    if (!this.#text) {
      this.#text = this.#registry.metrics();
      setTimeout(() => {
        this.#text = undefined;
      }, TEXT_AGE_MS).unref();
    }
    return this.#text;
  }

  #collectLag(set: SetValue): void {
    const seconds = (ns: number) => Math.max(0, ns / 1e9 - NO_LAG_SECONDS);
    const none = this.#lag.count === 0;
    set({ quantile: '0.5' }, none ? 0 : seconds(this.#lag.percentile(50)));
    set({ quantile: '0.99' }, none ? 0 : seconds(this.#lag.percentile(99)));
    set({ quantile: '1' }, none ? 0 : seconds(this.#lag.max));
    this.#lag.reset();
  }

  #gauge(metric: MetricName, collect: (set: SetValue) => void): void {
    new Gauge({
      name: metric.name,
      help: metric.help,
      labelNames: [...metric.labels],
      registers: [this.#registry],
      collect() {
        collect((labels, value) => this.set(labels, value));
      },
    });
  }

  #counter(metric: MetricName, collect: (set: SetValue) => void): void {
    new Counter({
      name: metric.name,
      help: metric.help,
      labelNames: [...metric.labels],
      registers: [this.#registry],
      collect() {
        this.reset();
        collect((labels, value) => this.inc(labels, value));
      },
    });
  }
}

type MetricName = (typeof names)[keyof typeof names];
type SetValue = (labels: Record<string, string | number>, value: number) => void;
