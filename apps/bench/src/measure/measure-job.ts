import type { Target } from '@ws-arena/contract/targets';
import type { RunningRedis } from '@ws-arena/infra/running-redis';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Warning } from '@ws-arena/load/warning';
import type { Case, Trial } from '@ws-arena/results/trial';
import { jobLoad } from '../plan/job-loads.ts';
import { sessionOf } from '../plan/loads.ts';
import type { Replacement } from '../plan/replacement.ts';
import type { Arena } from '../processes/arena.ts';
import { trusting } from '../processes/open-session.ts';
import { orAborted } from '../processes/or-aborted.ts';
import { redisCarries, redisDeath } from '../processes/over-redis.ts';
import { partsOf } from '../processes/route-parts.ts';
import type { ServedTarget } from '../processes/served-target.ts';
import { Course } from './course.ts';
import { limitFault } from './limit-fault.ts';
import { Readings } from './readings.ts';
import { Replacing } from './replacing.ts';
import { tokenExperiment } from './token-experiment.ts';

type Measured = Pick<
  Trial,
  'load' | 'usage' | 'held' | 'stub' | 'metrics' | 'tokens' | 'replaced' | 'course' | 'error'
> & {
  readonly warnings: readonly Warning[];
};

/** Measures a trial once. Whatever fails becomes the trial's error; nothing is thrown but an interruption. */
export async function measureJob(arena: Arena, target: Target, one: Case, round: number): Promise<Trial> {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const { settings, fresh, spec, replacement, redis: shares, ...load } = jobLoad(one, arena.config);
  let served: ServedTarget | undefined;
  let job: LoadSpec | undefined;
  let measured: Measured;
  try {
    const { instances = arena.config.instances } = replacement ?? load;
    const fleet = { instances, replaceable: replacement !== undefined };
    const redis = shares ? await arena.redis() : undefined;
    const all = { ...settings, ...(redis && { redisUrl: redis.url }) };
    served = await arena.servedFor(one, target, all, fresh, fleet);
    if (redis) await redisCarries(served.servers);
    arena.stopIdle(served);
    const urls = await served.urls(one, Number(one.params.connections ?? 0));
    job = sessionOf(await arena.tokens.bearing(one, await trusting(one, spec)), target, urls);
    measured = await watched(arena, served, one, job, replacement, redis);
  } catch (error) {
    measured = { error: (error as Error).message, warnings: [] };
  } finally {
    if (served && fresh && !arena.interrupted.aborted) await arena.release(served);
  }
  arena.interrupted.throwIfAborted();
  return {
    type: 'trial',
    case: one,
    round,
    startedAt,
    elapsedMs: Math.round(performance.now() - startedMs),
    ...(job && { spec: withoutSecrets(job) }),
    ...measured,
  };
}

/** A token is no part of a result. */
function withoutSecrets(spec: LoadSpec): LoadSpec {
  const { token: _, ...handshake } = spec.handshake;
  return { ...spec, handshake };
}

/** Runs the job, and stops it when a server or the proxy ends on its own or the run is interrupted. */
async function watched(
  arena: Arena,
  served: ServedTarget,
  one: Case,
  spec: LoadSpec,
  replacement?: Replacement,
  redis?: RunningRedis,
): Promise<Measured> {
  const death = new AbortController();
  let over = false;
  const ends = [served.died(one), ...(redis ? [redis.exited] : [])];
  void Promise.race(ends).then(() => {
    if (!over) death.abort();
  });
  const cause = async (): Promise<Measured | undefined> => {
    const found = (redis && (await redisDeath(redis))) ?? (await served.deathOn(one));
    if (!found) return undefined;
    const error = `${found.sentence} during ${one.scenario} (${one.route})`;
    const kind = `${found.who}-died` as const;
    return { error, warnings: [{ kind, detail: error }] };
  };
  try {
    const stop = AbortSignal.any([death.signal, arena.interrupted]);
    const measured = await loaded(arena, served, one, spec, stop, replacement, redis);
    const died = await cause();
    return died ? { ...measured, ...died, warnings: [...measured.warnings, ...died.warnings] } : measured;
  } catch (error) {
    const died = await cause();
    if (died) return died;
    throw error;
  } finally {
    over = true;
  }
}

/** What becomes of tokens on a route, and what checks them there. */
async function tokensOn(arena: Arena, served: ServedTarget, one: Case): Promise<Trial['tokens']> {
  const proxy = served.proxyOf(one)!;
  const server = { ...served.servers[0]!, port: proxy.port, url: proxy.url };
  const asks = one.params.tokens === 'introspection';
  const lives = tokenExperiment(server, await arena.tokens.issuer(), asks);
  return { ...(await orAborted(lives, arena.interrupted)), ...partsOf(one, proxy) };
}

/** One job of the generator with the usage of all processes over its measured window. */
async function loaded(
  arena: Arena,
  served: ServedTarget,
  one: Case,
  spec: LoadSpec,
  stop: AbortSignal,
  replacement?: Replacement,
  redis?: RunningRedis,
): Promise<Measured> {
  const generator = await arena.generator();
  const readings = new Readings(served, generator, one, redis);
  const hooks = readings.hooks(spec);
  const replacing = replacement && new Replacing(served, replacement, spec.connections, stop);
  const course = one.scenario === 'slow' ? new Course(served, one) : undefined;
  const measured = () => {
    hooks.measured?.();
    course?.end();
  };
  const measuring = () => {
    hooks.measuring?.();
    replacing?.begin();
    course?.begin();
  };
  try {
    const result = await generator.run(
      spec,
      { ...hooks, measuring, measured, ...(replacing && { over: replacing.over }) },
      stop,
    );
    const fault = stop.aborted ? undefined : limitFault(result);
    if (fault) throw new Error(fault);
    const { warnings, ...taken } = await readings.taken();
    const tokens = one.scenario === 'tokens' && (await tokensOn(arena, served, one));
    const replaced = await replacing?.steps();
    return {
      load: result,
      ...taken,
      ...(tokens && { tokens }),
      ...(replaced && { replaced }),
      ...(course && { course: course.end() }),
      warnings: [...result.warnings, ...warnings],
    };
  } finally {
    readings.stop();
    course?.end();
    await replacing?.settled();
  }
}
