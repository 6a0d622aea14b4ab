import { endedWell, type MeasuredCase } from '@ws-arena/report/blocks';
import { pairedRatio } from '@ws-arena/report/statistics/paired-ratio';
import { widestHalfWidth } from '@ws-arena/report/statistics/precision';
import type { SliceLine } from '@ws-arena/results/slice-line';
import type { Case } from '@ws-arena/results/trial';
import type { Group, Member } from '../plan/stages.ts';
import type { GroupProgress } from '../progress.ts';

/** What has been measured of one group, from this leg of the run and from those before it. */
export class GroupState {
  readonly group: Group;
  /** Of its members, in their order. */
  readonly cases: readonly Case[];
  readonly #slices = new Map<Member, Map<number, SliceLine>>();
  #blocks = 0;
  #left = new Set<Member>();

  /** @param before the slices of the run so far, of any group. */
  constructor(group: Group, before: readonly SliceLine[]) {
    this.group = group;
    const { scenario, route, params } = group;
    this.cases = group.members.map(({ target }) => ({ scenario, target, route, params }));
    for (const member of group.members) this.#slices.set(member, new Map());
    for (const line of before) {
      const member = group.members.find((one) => one.case === line.case);
      if (member) this.add(member, line);
    }
  }

  /** The number of the next block. */
  get nextBlock(): number {
    return this.#blocks;
  }

  /** The time of its slices. */
  get spentMs(): number {
    const lines = [...this.#slices.values()].flatMap((blocks) => [...blocks.values()]);
    return lines.reduce((sum, { load }) => sum + (load?.wallNs ?? 0), 0) / 1e6;
  }

  /** Targets that are still measured. */
  get members(): readonly Member[] {
    return this.group.members.filter((member) => !this.#left.has(member));
  }

  add(member: Member, line: SliceLine): void {
    this.#slices.get(member)!.set(line.block, line);
    this.#blocks = Math.max(this.#blocks, line.block + 1);
  }

  /** A target that is measured no longer: it broke, or could not be measured. */
  leave(member: Member): void {
    this.#left.add(member);
  }

  /** The good slices of a target. */
  slicesOf(member: Member): SliceLine[] {
    return [...this.#slices.get(member)!.values()].filter((line) => line.error === undefined);
  }

  /** What was measured so far, as a report takes it. */
  measured(): MeasuredCase[] {
    return this.group.members.map((member, i) => {
      const lines = [...this.#slices.get(member)!.values()];
      return {
        index: member.case,
        case: this.cases[i]!,
        slices: lines.filter(endedWell),
        failed: lines.filter(({ error }) => error !== undefined),
        trials: [],
        planned: this.#blocks,
      };
    });
  }

  /** Blocks that every target still measured has a good slice of. */
  get blocks(): number {
    const counts = this.members.map((member) => this.slicesOf(member).length);
    return counts.length === 0 ? this.#blocks : Math.min(...counts);
  }

  /** Whether there are so many blocks of every target still measured. */
  hasBlocks(enough: number): boolean {
    return this.members.length === 0 || this.blocks >= enough;
  }

  /** The widest half width of the ratios to the cheapest target, as a fraction; Infinity while unknown, 0 with nothing to compare. */
  halfWidth(): number {
    const [first, ...others] = [...this.members].sort((a, b) => this.#typicalCost(a) - this.#typicalCost(b));
    if (!first || others.length === 0) return 0;
    return widestHalfWidth(others.map((other) => this.#ratio(other, first)));
  }

  /** Its progress, to be shown during the run. */
  progress(): GroupProgress {
    const costs = this.members.map((member) => [member.target, this.#typicalCost(member)] as const);
    const { scenario, params } = this.group;
    return { scenario, params, blocks: this.blocks, halfWidth: this.halfWidth(), costs };
  }

  #ratio(member: Member, baseline: Member) {
    const of = this.#slices.get(baseline)!;
    const pairs = this.slicesOf(member).flatMap((line) => {
      const [cost, base] = [costOf(line), costOf(of.get(line.block))];
      return cost > 0 && base > 0 ? [[cost, base] as const] : [];
    });
    return pairedRatio(
      pairs.map(([cost]) => cost),
      pairs.map(([, base]) => base),
    );
  }

  #typicalCost(member: Member): number {
    const costs = this.slicesOf(member)
      .map(costOf)
      .sort((a, b) => a - b);
    return costs[costs.length >> 1] ?? Number.POSITIVE_INFINITY;
  }
}

/** CPU time of server and proxy for one unit, in nanoseconds; 0 where it is not known. */
export function costOf(line: SliceLine | undefined): number {
  if (!line?.usage || !line.load || line.error !== undefined || line.load.delivered === 0) return 0;
  return (line.usage.server.cpuNs + (line.usage.proxy?.cpuNs ?? 0)) / line.load.delivered;
}
