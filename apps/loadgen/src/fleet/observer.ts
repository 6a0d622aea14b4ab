import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ObservedUsage } from '@ws-arena/load/load-result';
import { redactedUrl } from '@ws-arena/load/redacted';
import type { Redis } from 'ioredis';
import { Mailbox } from './mailbox.ts';
import { type FromObserver, observedBox, observerBox, type ToObserver } from './observers.ts';
import { type ProcessUsage, processUsage } from './process-usage.ts';
import { connectRedis } from './redis.ts';
import { readRedisClock } from './redis-clock.ts';

/** Between the order to end and the end, at most, in milliseconds. */
const END_MS = 2000;
/** How often memory is read, in milliseconds. */
const SAMPLE_MS = 200;

/** What an observer looks at, and for whom. */
export interface ObserverOptions {
  readonly redisUrl: string;
  /** What runs call it: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** The processes of the server, on this machine; they are counted together. */
  readonly pids: readonly number[];
  readonly stop: AbortSignal;
  say(text: string): void;
}

/** Tells runs that ask for it what processes of this machine used meanwhile, until `stop`. @throws Error in one sentence. */
export async function runObserver({ redisUrl, name, pids, stop, say }: ObserverOptions): Promise<void> {
  processUsage(pids);
  const closed = new AbortController();
  const redis = await connectRedis(redisUrl, closed.signal);
  const inbox = new Mailbox<ToObserver>(redis, observerBox(name));
  /** By run. */
  const windows = new Map<string, AbortController>();
  inbox.listen((message) => {
    const { run } = message;
    if (message.kind === 'end') {
      windows.get(run)?.abort();
      return;
    }
    const answers = new Mailbox<FromObserver>(redis, observedBox(run));
    if (message.kind === 'hello') {
      answers.post({ kind: 'here', name });
      void answers.flushed().then(() => answers.close());
      return;
    }
    say(`observes run ${run}`);
    const ended = new AbortController();
    windows.set(run, ended);
    void observe(redis, pids, message, AbortSignal.any([ended.signal, stop])).then(async (usage) => {
      windows.delete(run);
      answers.post({ kind: 'observed', name, usage: { name, pids, ...usage } });
      await answers.flushed();
      await answers.close();
    });
  });
  say(`observer ${name} waits for runs at ${redactedUrl(redisUrl)}`);
  if (!stop.aborted) await once(stop, 'abort');
  // Redis may be away.
  await Promise.race([inbox.remove(), delay(END_MS, undefined, { ref: false })]);
  closed.abort();
}

/** What the processes use from `fromMs` to `toMs` of Redis' clock, or until `end`. */
async function observe(
  redis: Redis,
  pids: readonly number[],
  { fromMs, toMs }: Extract<ToObserver, { kind: 'watch' }>,
  end: AbortSignal,
): Promise<Omit<ObservedUsage, 'name' | 'pids'>> {
  const { nowMs } = await readRedisClock(redis);
  const rest = (ms: number) => delay(Math.max(0, ms), undefined, { signal: end }).catch(() => {});
  let first: ProcessUsage | undefined;
  let latest: ProcessUsage | undefined;
  let maxRssBytes = 0;
  let begunMs = 0;
  try {
    await rest(fromMs - nowMs());
    begunMs = nowMs();
    first = processUsage(pids);
    for (latest = first; ; latest = processUsage(pids)) {
      maxRssBytes = Math.max(maxRssBytes, latest.rssBytes);
      if (end.aborted || nowMs() >= toMs) break;
      await rest(Math.min(SAMPLE_MS, toMs - nowMs()));
    }
    return { ...used(first, latest), maxRssBytes, wallMs: nowMs() - begunMs };
  } catch (error) {
    const lost = (error as Error).message;
    const cpu = first && latest ? used(first, latest) : { cpuUserUs: 0, cpuSystemUs: 0 };
    return { ...cpu, maxRssBytes, wallMs: begunMs > 0 ? nowMs() - begunMs : 0, lost };
  }
}

function used(from: ProcessUsage, to: ProcessUsage) {
  return {
    cpuUserUs: to.cpuUserUs - from.cpuUserUs,
    cpuSystemUs: to.cpuSystemUs - from.cpuSystemUs,
  };
}
