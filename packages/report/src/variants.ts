import type { Cell, Finding, Variant, VariantFigure } from '@ws-arena/results/report-file';
import { type Case, groupKey, routes, type Scenario } from '@ws-arena/results/trial';
import type { MeasuredCase } from './blocks.ts';
import { comparedTo, type Measured } from './compare.ts';
import { rateOf } from './ladders.ts';
import type { MetricName } from './metrics.ts';
import { withRoute } from './proxy-cost.ts';

/** The figures by which ways to check tokens are compared, the most important first. */
export const variantMetrics: readonly { readonly scenario: Scenario; readonly metric: MetricName }[] = [
  { scenario: 'load', metric: 'cpuServing' },
  { scenario: 'load', metric: 'p50' },
  { scenario: 'load', metric: 'p99' },
  { scenario: 'connect', metric: 'cpuServing' },
  { scenario: 'connect', metric: 'p50' },
  { scenario: 'connect', metric: 'p99' },
  { scenario: 'hold', metric: 'bytesPerConnectionServing' },
  { scenario: 'tokens', metric: 'handshakesPerSec' },
  { scenario: 'tokens', metric: 'cacheHits' },
  { scenario: 'tokens', metric: 'revokedEnters' },
  { scenario: 'tokens', metric: 'revokedOpen' },
  { scenario: 'tokens', metric: 'expiredOpen' },
  { scenario: 'tokens', metric: 'startTime' },
];

/** Plain Nginx, behind which the server checks: what the article takes, and what the others are held against. */
export const plainRoute = 'nginx';

/**
 * Every way to check tokens behind Nginx, target by target. Of several loads, the one that most ways were measured at
 * stands for all: spread, of the smallest messages, at the highest rate.
 */
export function variantsOf(
  measured: readonly Measured[],
  cases: readonly MeasuredCase[],
  equalWithin: number,
): Variant[] {
  const own = measured.filter(({ cell }) => isVariant(cell));
  const shown = variantMetrics.flatMap(({ scenario, metric }) => {
    const ones = own.filter(({ cell }) => cell.scenario === scenario && cell.metric === metric);
    return [...Map.groupBy(ones, ({ cell }) => cell.target).values()].flatMap(ofOneLoad);
  });
  const findings = againstPlain(shown, equalWithin);
  const byVariant = Map.groupBy(shown, ({ cell }) => variantKey(cell));
  return [...byVariant.values()]
    .map((ones) => variantOf(ones, cases, findings))
    .sort((a, b) => placeOf(a) - placeOf(b));
}

/** Each figure against the same one through plain Nginx. */
function againstPlain(shown: readonly Measured[], equalWithin: number): ReadonlyMap<Measured, Finding> {
  const figureKey = ({ target, scenario, metric }: Cell) => `${target} ${scenario} ${metric}`;
  const plain = new Map(
    shown.flatMap((one) => (one.cell.route === plainRoute ? [[figureKey(one.cell), one] as const] : [])),
  );
  const found = comparedTo(shown, ({ cell }) => plain.get(figureKey(cell)), equalWithin, withRoute);
  return new Map(found.map(({ target, finding }) => [target, finding]));
}

function variantOf(
  measured: readonly Measured[],
  cases: readonly MeasuredCase[],
  findings: ReadonlyMap<Measured, Finding>,
): Variant {
  const { cell } = measured[0]!;
  const { target, route, params } = cell;
  const trials = cases.flatMap((one) => (variantKey(one.case) === variantKey(cell) ? one.trials : []));
  const parts = trials.find((trial) => trial.tokens)?.tokens;
  return {
    ...{ target, route, tokens: String(params.tokens) },
    ...(params.cache !== undefined && { cache: String(params.cache) }),
    ...(parts && {
      parts: { modules: parts.modules, configLines: parts.configLines, codeLines: parts.codeLines },
    }),
    figures: measured.map((one): VariantFigure => {
      const { scenario, params, metric, unit, better, estimate, limiter } = one.cell;
      const finding = findings.get(one);
      return {
        ...{ scenario, params, metric, unit, better, estimate, limiter },
        ...(finding && { finding }),
      };
    }),
  };
}

/** Behind Nginx without TLS, with tokens. */
function isVariant({ route, params }: Case): boolean {
  return params.tokens !== undefined && route !== 'direct' && route !== 'nginx-tls';
}

/** The order of the rows: that of the routes, and what is not cached behind what is. */
function placeOf({ route, tokens, cache }: Variant): number {
  return routes.indexOf(route) + (tokens === 'introspection' ? 0.2 : 0) + (cache === 'off' ? 0.2 : 0);
}

function variantKey({ target, route, params }: Case): string {
  return [target, route, params.tokens, params.cache === 'off' && 'off'].join(' ');
}

/** What a case has in common with the same load another way. */
function loadKey({ scenario, params }: Case): string {
  const { tokens: _tokens, cache: _cache, ...load } = params;
  return groupKey({ scenario, route: plainRoute, params: load });
}

function ofOneLoad(measured: readonly Measured[]): readonly Measured[] {
  const loads = [...Map.groupBy(measured, ({ cell }) => loadKey(cell)).values()];
  const rank = (ones: readonly Measured[]): number[] => {
    const [{ cell }] = ones as [Measured];
    const { burst = 1, payloadBytes = 0 } = cell.params;
    return [-ones.length, Number(burst), Number(payloadBytes), -(rateOf(cell) ?? 0)];
  };
  loads.sort((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    const at = one.findIndex((value, i) => value !== other[i]);
    return at < 0 ? 0 : one[at]! - other[at]!;
  });
  return loads[0] ?? [];
}
