import type { MeasuredCase, Slice } from './blocks.ts';
import { BlockHistograms, type Figure, present, sampled } from './figure.ts';
import { holdFigures } from './hold.ts';
import { MergedHistogram } from './merged-histogram.ts';
import { type HistogramName, type Metric, type MetricName, metrics } from './metrics.ts';
import { replacingFigures } from './replacing.ts';
import { slowFigures } from './slow.ts';
import { tokenFigures } from './token-figures.ts';

/**
 * Everything that a case says, in base units; what was not measured is absent. A slice in which nothing was delivered, or
 * whose CPU time the kernel had not counted yet, has no cost. The latency of a closed loop is never a figure: it is only
 * the window divided by the rate.
 */
export function figuresOf({ case: { scenario }, slices, trials }: MeasuredCase): Figure[] {
  switch (scenario) {
    case 'hold':
      return holdFigures(trials);
    case 'tokens':
      return tokenFigures(trials);
    case 'deploy':
    case 'storm':
    case 'crash':
      return replacingFigures(trials);
    case 'slow':
      return slowFigures(trials);
    case 'limit':
      return present([sampled('largestMessage', trials, ({ load }) => load?.limit?.largestBytes)]);
    case 'echo':
      return present([sampled('deliveredPerSec', slices, deliveredPerSec), ...costs(slices)]);
    case 'rooms':
      return present([
        ...costs(slices),
        ...percentiles(slices),
        sampled('deliveredPerSec', slices, deliveredPerSec),
      ]);
    case 'deflate':
      return present([sampled('wireRatio', slices, wireRatio), ...costs(slices), ...percentiles(slices)]);
    case 'load':
      return present([...costs(slices), typicalP99(slices), ...percentiles(slices)]);
    case 'broadcast':
    case 'connect':
    case 'http':
    case 'mixed':
      return present([...costs(slices), ...percentiles(slices)]);
  }
}

function costs(slices: readonly Slice[]): Figure[] {
  const perUnit = ({ load }: Slice, cpuNs: number | undefined) =>
    cpuNs && load.delivered > 0 ? cpuNs / load.delivered : undefined;
  return [
    sampled('cpuServer', slices, (slice) => perUnit(slice, slice.usage?.server.cpuNs)),
    sampled('cpuProxy', slices, (slice) => perUnit(slice, slice.usage?.proxy?.cpuNs)),
    sampled('cpuServing', slices, (slice) => {
      const { server, proxy } = slice.usage ?? {};
      return server && proxy && perUnit(slice, server.cpuNs + proxy.cpuNs);
    }),
    sampled('cpuRedis', slices, (slice) => perUnit(slice, slice.usage?.redis?.cpuNs)),
    sampled('cpuGenerator', slices, (slice) => perUnit(slice, slice.usage?.generator.cpuNs)),
  ];
}

function percentiles(slices: readonly Slice[]): Figure[] {
  const histograms = new Map(
    (['intended', 'actual', 'lastMember'] as const).map((name) => {
      const found = slices.flatMap(({ block, load }) =>
        load[name]?.length ? [[block, load[name]] as const] : [],
      );
      return [name, new BlockHistograms(new Map(found))];
    }),
  );
  return (Object.entries(metrics) as [MetricName, Metric][]).flatMap(([metric, { quantile }]) => {
    if (!quantile) return [];
    const figure = (of: HistogramName) => ({ metric, values: new Map(), histograms: histograms.get(of)! });
    const fromRealSend = quantile.of === 'intended' && { fromRealSend: figure('actual') };
    return [{ ...figure(quantile.of), ...fromRealSend }];
  });
}

/** p99 of each slice by itself: a stall of the machine in a few slices makes that of all together, and not this one. */
function typicalP99(slices: readonly Slice[]): Figure {
  const figure = (of: HistogramName) =>
    sampled('p99Typical', slices, (slice) => new MergedHistogram([slice], of).quantileNs(0.99));
  return { ...figure('intended'), fromRealSend: figure('actual') };
}

function deliveredPerSec({ load }: Slice): number {
  return (load.delivered / load.wallNs) * 1e9;
}

function wireRatio({ load }: Slice): number | undefined {
  return load.payloadReceived > 0 ? load.wireReceived / load.payloadReceived : undefined;
}
