import { counted, type Standing, standings, type Verdict } from '@ws-arena/results/conformance';
import type { Estimate, Need, NeedRow } from '@ws-arena/results/report-file';
import type { ConformanceLine, Run } from '@ws-arena/results/run-file';
import { missingRow, NOTHING_BESIDE } from './capacity-need.ts';

/**
 * How well each target keeps the rules of the RFCs: a rule that is kept strictly counts whole, a tolerated one half. An
 * estimate's `lo` is the share of rules that are kept strictly, its `hi` the share that do not fail, `n` the rules that
 * apply.
 */
export function robustnessNeed({ conformance, targets }: Run): Need[] {
  if (conformance.length === 0) return [];
  const shares = new Map(targets.map(({ name }) => [name, shareOf(rulesOf(conformance, name))]));
  const measured = [...shares.values()].filter(({ estimate }) => estimate.n > 0);
  const best = Math.max(...measured.map(({ estimate }) => estimate.center));
  // What does not apply to a library differs by a rule or two: those that miss equally much are equals.
  const least = Math.min(...measured.map(({ missed }) => missed));
  const leaders = measured.filter(({ missed }) => missed === least).length;
  const first = leaders > 1 ? 'equal' : measured.length > 1 ? 'best' : 'unranked';
  const rows = targets.map(({ name }): NeedRow => {
    const { estimate, missed } = shares.get(name)!;
    if (estimate.n === 0) return missingRow(name);
    const ratioToBest = estimate.center > 0 ? best / estimate.center : null;
    const place = missed === least ? first : 'behind';
    const reason = place === 'unranked' && { reason: NOTHING_BESIDE };
    return { target: name, estimate, ratioToBest, place, limiter: null, ...reason };
  });
  return [
    {
      ...{ id: 'robustness', title: 'RFC rules kept', scenario: null, route: null, params: {} },
      ...{ metric: 'conformance', unit: '1', better: 'higher', rows, resolution: null },
    },
  ];
}

/** What a robustness estimate was counted from: `23 strict, 3 tolerated, 4 failed`. */
export function robustnessText({ lo, hi, n }: Estimate): string {
  const [strict, kept] = [Math.round((lo ?? 0) * n), Math.round((hi ?? 0) * n)];
  return `${strict} strict, ${kept - strict} tolerated, ${n - kept} failed`;
}

/** How one target stands to each rule of the RFCs. */
export function rulesOf(lines: readonly ConformanceLine[], target: string): Map<string, Standing> {
  return standings(lines.filter((line) => line.target === target));
}

const shown: Readonly<Record<Verdict, string>> = {
  ok: 'strict',
  'non-strict': 'tolerated',
  failed: 'failed',
  'not applicable': '–',
};

/** A standing in a cell: `strict`, `tolerated`, `failed in 9 of 11 cases`. */
export function standingText({ verdict, cases, of }: Standing): string {
  return cases < of ? `${shown[verdict]} in ${cases} of ${of} cases` : shown[verdict];
}

function shareOf(rules: ReadonlyMap<string, Standing>): { estimate: Estimate; missed: number } {
  const of = counted([...rules.values()].map(({ verdict }) => verdict));
  const [strict, tolerated, failed] = [of.ok, of['non-strict'], of.failed];
  const n = strict + tolerated + failed;
  const [lo, hi] = [strict / n, (strict + tolerated) / n];
  return { estimate: { center: (lo + hi) / 2, lo, hi, n }, missed: failed + tolerated / 2 };
}
