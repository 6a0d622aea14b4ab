import type { Target } from '@ws-arena/contract/targets';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Warning } from '@ws-arena/load/warning';
import type { Case, Trial } from '@ws-arena/results/trial';
import type { Arena } from './arena.ts';
import type { BenchConfig } from './bench-config.ts';
import { httpLoad } from './http-load.ts';
import { jobOf } from './job.ts';
import { Readings } from './readings.ts';
import type { ServedTarget } from './served-target.ts';
import { searchSlo } from './slo.ts';

type Measured = Pick<Trial, 'load' | 'usage' | 'held' | 'stub' | 'metrics' | 'slo' | 'http' | 'error'> & {
  readonly warnings: readonly Warning[];
};

/** Measures one case once. Whatever fails becomes the trial's error; nothing is thrown but an interruption. */
export async function measure(
  arena: Arena,
  config: BenchConfig,
  target: Target,
  one: Case,
  round: number,
  interrupted: AbortSignal,
): Promise<Trial> {
  const startedAt = new Date();
  let served: ServedTarget | undefined;
  let spec: LoadSpec | undefined;
  let measured: Measured;
  try {
    const { settings, fresh } = await jobOf(one, target, config, []);
    served = await arena.served(target, settings, fresh);
    const urls = await served.urls(one, Number(one.params.connections ?? 0));
    spec = (await jobOf(one, target, config, urls)).spec;
    measured = await withDeaths(served, one, interrupted, (stop) => load(arena, served!, one, spec!, stop));
  } catch (error) {
    measured = { error: (error as Error).message, warnings: [] };
  } finally {
    if (served && !interrupted.aborted) await arena.release(served);
  }
  interrupted.throwIfAborted();
  return {
    type: 'trial',
    case: one,
    round,
    startedAt: startedAt.toISOString(),
    elapsedMs: Date.now() - startedAt.getTime(),
    ...(spec && { spec }),
    ...measured,
  };
}

/** Runs `work`, and stops it when a server or the proxy ends on its own or the run is interrupted. */
async function withDeaths(
  served: ServedTarget,
  one: Case,
  interrupted: AbortSignal,
  work: (stop: AbortSignal) => Promise<Measured>,
): Promise<Measured> {
  const death = new AbortController();
  let over = false;
  let error: string | undefined;
  let kind: Warning['kind'] = 'server-died';
  void served.died(one).then(({ who, sentence }) => {
    if (over) return;
    error = `${sentence} during ${one.scenario} (${one.route})`;
    kind = who === 'server' ? 'server-died' : 'proxy-died';
    death.abort();
  });
  try {
    const measured = await work(AbortSignal.any([death.signal, interrupted]));
    if (error === undefined) return measured;
    return { ...measured, error, warnings: [...measured.warnings, { kind, detail: error }] };
  } catch (cause) {
    throw error === undefined ? cause : new Error(error, { cause });
  } finally {
    over = true;
  }
}

async function load(
  arena: Arena,
  served: ServedTarget,
  one: Case,
  spec: LoadSpec,
  stop: AbortSignal,
): Promise<Measured> {
  const generator = await arena.generator();
  if (one.scenario === 'http') return httpLoad(arena, served, one, spec, stop);
  if (one.scenario === 'slo') {
    const probe = (next: LoadSpec) => measuredLoad(arena, served, one, next, stop);
    return searchSlo(spec, one.params, probe);
  }
  if (generator.ended) throw new Error('the load generator has ended');
  return measuredLoad(arena, served, one, spec, stop);
}

/** One job of the generator with the usage of all processes over its measured window. */
export async function measuredLoad(
  arena: Arena,
  served: ServedTarget,
  one: Case,
  spec: LoadSpec,
  stop: AbortSignal,
): Promise<Measured & { readonly load: LoadResult }> {
  const generator = await arena.generator();
  const readings = new Readings(served, generator, one);
  try {
    const result = await generator.run(spec, readings.hooks(spec), stop);
    const { warnings, ...taken } = await readings.taken();
    return { load: result, ...taken, warnings: [...result.warnings, ...warnings] };
  } catch (error) {
    readings.stop();
    throw error;
  }
}
