import type { Warning } from '@ws-arena/load/warning';
import type { Slice } from './blocks.ts';
import { doubt } from './doubt.ts';
import type { Figure } from './figure.ts';
import { MergedHistogram } from './merged-histogram.ts';
import { type Metric, metrics } from './metrics.ts';
import { median } from './statistics/median.ts';
import { scaled } from './view/scale.ts';

/** A quantile rests on the values beyond it; with fewer than this it gets a warning. */
const VALUES_BEYOND = 10;

/** A latency of which this fraction is the generator's own delay gets a warning. */
const LAG_SHARE = 0.25;

/** A warning where much of a figure's median is the generator's own delay. */
export function typicalLag({ metric, values, fromRealSend }: Figure): Warning[] {
  if (values.size === 0 || !fromRealSend || fromRealSend.values.size === 0) return [];
  const typical = median([...values.values()]);
  return lagWarning(metrics[metric].title, typical, typical - median([...fromRealSend.values.values()]));
}

/** A warning where p99 of a slice is that of few messages, because a slice is short. */
export function typicalFew({ metric }: Figure, slices: readonly Slice[]): Warning[] {
  if (metric !== 'p99Typical') return [];
  const beyond = Math.round(median(slices.map(({ load }) => load.delivered)) / 100);
  return doubt(
    beyond < VALUES_BEYOND,
    'few-samples',
    `in each slice it rests on the ${beyond} slowest messages`,
  );
}

function lagWarning(title: string, ns: number, lagNs: number): Warning[] {
  const late = `${scaled(lagNs, 'ns')} of ${title} is the generator’s own delay`;
  return doubt(lagNs > LAG_SHARE * ns, 'generator-lag', late);
}

/** Warnings about a percentile of these slices: too few values beyond it, or much of it is the generator's own delay. */
export function tailWarnings(slices: readonly Slice[]): (metric: Metric) => Warning[] {
  const [intended, actual] = [new MergedHistogram(slices, 'intended'), new MergedHistogram(slices, 'actual')];
  return ({ title, quantile }) => {
    if (!quantile || intended.total === 0) return [];
    const beyond = Math.round(intended.total * (1 - quantile.at));
    const lag = intended.quantileNs(quantile.at) - actual.quantileNs(quantile.at);
    const few = `${title} rests on the ${beyond} slowest of ${intended.total.toLocaleString('en-US')} values`;
    return [
      ...doubt(beyond < VALUES_BEYOND, 'few-samples', few),
      ...(quantile.of === 'intended' ? lagWarning(title, intended.quantileNs(quantile.at), lag) : []),
    ];
  };
}
