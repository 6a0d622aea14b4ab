import type { Warning } from '@ws-arena/load/warning';
import type { Slice } from './blocks.ts';
import { doubt } from './doubt.ts';
import type { Figure } from './figure.ts';
import { MergedHistogram } from './merged-histogram.ts';
import { type Metric, metrics } from './metrics.ts';
import { median } from './statistics/median.ts';
import { scaled } from './view/scale.ts';

/** A quantile rests on the values beyond it; with fewer than this a doubt is stored with it. */
const VALUES_BEYOND = 10;

/** From this share of a latency on, the generator's own lateness is a part of the figure worth a doubt. */
const LAG_SHARE = 0.25;

/** The generator's own lateness, where it is a part of a latency worth a doubt: of the typical value of a figure. */
export function typicalLag({ metric, values, fromRealSend }: Figure): Warning[] {
  if (values.size === 0 || !fromRealSend || fromRealSend.values.size === 0) return [];
  const typical = median([...values.values()]);
  return lagWarning(metrics[metric].title, typical, typical - median([...fromRealSend.values.values()]));
}

function lagWarning(title: string, ns: number, lagNs: number): Warning[] {
  const late = `${scaled(lagNs, 'ns')} of ${title} are the generator’s own lateness`;
  return doubt(lagNs > LAG_SHARE * ns, 'generator-lag', late);
}

/** The doubts about a percentile of these slices: too few values beyond it, or a part of it is the generator's own. */
export function tailWarnings(slices: readonly Slice[]): (metric: Metric) => Warning[] {
  const [intended, actual] = [new MergedHistogram(slices, 'intended'), new MergedHistogram(slices, 'actual')];
  return ({ title, quantile }) => {
    if (!quantile || intended.total === 0) return [];
    const beyond = Math.round(intended.total * (1 - quantile.at));
    const lag = intended.quantileNs(quantile.at) - actual.quantileNs(quantile.at);
    const few = `${title} of ${intended.total} values rests on ${beyond} beyond it`;
    return [
      ...doubt(beyond < VALUES_BEYOND, 'few-samples', few),
      ...(quantile.of === 'intended' ? lagWarning(title, intended.quantileNs(quantile.at), lag) : []),
    ];
  };
}
