import type { Target } from '@ws-arena/contract/targets';
import { judgeStep } from '@ws-arena/report/capacity';
import { laddersOf } from '@ws-arena/report/ladders';
import { casesOfNeeds } from '@ws-arena/report/need-sources';
import { MIN_BLOCKS } from '@ws-arena/report/statistics/interval';
import type { SliceLine } from '@ws-arena/results/slice-line';
import type { Case } from '@ws-arena/results/trial';
import type { BenchConfig } from '../plan/bench-config.ts';
import type { SlicedLoad } from '../plan/loads.ts';
import { type Group, ladderKey, type Member, type Stage } from '../plan/stages.ts';
import { orAborted } from '../processes/or-aborted.ts';
import { type Pinning, sharesCore } from '../processes/pinning.ts';
import type { GroupProgress } from '../progress.ts';
import { costOf, GroupState } from './group-state.ts';
import { type Machine, measureSlice } from './measure-slice.ts';
import type { Session } from './session.ts';
import { balancedOrders } from './shuffled.ts';

/** Where a stage is measured: the settings of the run, and what starts and stops its processes. */
export interface Stagehand extends Machine {
  readonly config: Pick<BenchConfig, 'halfWidth' | 'minBlocks' | 'targetMs' | 'p99BoundMs'>;
  readonly pinning: Pinning;
  open(one: Case, target: Target, load: SlicedLoad): Promise<Session>;
  /** Stops every server that no session is open to. */
  stopIdle(): void;
}

/** Who hears how a stage goes. */
export interface StageObserver {
  /** A slice was measured: it is to be stored. */
  slice(line: SliceLine): void;
  /** A pass over all groups is done. @param groups those that are still measured. */
  pass(pass: number, groups: readonly GroupProgress[], leftMs: number): void;
  /** One sentence of progress, to be shown during the run. */
  note(sentence: string): void;
}

/** What a stage needs to know of its run. */
export interface StageRun {
  readonly cases: readonly Case[];
  readonly targets: ReadonlyMap<string, Target>;
  readonly before: readonly SliceLine[];
  /** The start of the run by `performance.now`. */
  readonly startedMs: number;
}

/** A target that cannot be measured so often in one stage is left out of the rest of it. */
const MAX_FAILURES = 3;
/** So many slices must show that a target does not keep a step of the ladder. */
const BLOCKS_TO_BREAK = 3;
/** Blocks from one look at the precision to the next: looking after each one makes intervals too narrow. */
export const ASK_EACH = 8;
/** Nothing is recorded in these first passes, which end when no target gets cheaper any more. */
const MAX_WARM_PASSES = 4;
const STILL_WARMING = 0.95;

/**
 * Measures a stage: opens the connections of all its targets, warms everything up, and then lets slices take turns, block
 * after block, until each group is known well enough or its time is used.
 */
export async function measureStage(
  arena: Stagehand,
  stage: Stage,
  run: StageRun,
  observer: StageObserver,
): Promise<void> {
  const states = stage.groups.map((group) => new GroupState(group, run.before));
  const meter = new StageMeter(arena, run, observer);
  const budget = new Budget(arena, states);
  try {
    let due = budget.due();
    if (due.length === 0) return;
    await meter.openAll(due);
    await meter.warmUp(due);
    budget.start();
    for (let pass = 0; due.length > 0 && !arena.interrupted.aborted; pass += 1) {
      for (const state of due) await meter.block(state);
      meter.dropBroken(states);
      due = budget.due();
      const groups = due.map((state) => state.progress());
      observer.pass(pass, groups, budget.leftMs());
    }
  } finally {
    await meter.close();
  }
}

/** The time of a stage, shared by its groups: what one does not need the others may have. */
class Budget {
  readonly #arena: Stagehand;
  readonly #states: readonly GroupState[];
  readonly #totalMs: number;
  #startedMs = Number.POSITIVE_INFINITY;
  #looks = 0;
  #ofNeeds: readonly GroupState[] = [];

  constructor(arena: Stagehand, states: readonly GroupState[]) {
    this.#arena = arena;
    this.#states = states;
    const groups = states.map(({ group }) => group);
    this.#totalMs =
      stageMs(groups, arena.config.targetMs) - states.reduce((sum, state) => sum + state.spentMs, 0);
  }

  /** From now on time is used: what came before, connecting and warming up, measured nothing. */
  start(): void {
    this.#startedMs = performance.now();
  }

  leftMs(): number {
    return Math.max(0, this.#totalMs - Math.max(0, performance.now() - this.#startedMs));
  }

  /** Whose turn it is: everybody's until each has the least number of blocks, then theirs that stand for a need, then the others'. */
  due(): readonly GroupState[] {
    const open = this.#states.filter((state) => !this.#isDone(state));
    if (open.some((state) => !state.hasBlocks(this.#arena.config.minBlocks))) return open;
    if (this.#looks++ % ASK_EACH === 0) this.#ofNeeds = this.#standingForNeeds();
    const wanted = open.filter((state) => this.#ofNeeds.includes(state));
    return wanted.length > 0 ? wanted : open;
  }

  #standingForNeeds(): readonly GroupState[] {
    const { p99BoundMs } = this.#arena.config;
    const cases = this.#states.flatMap((state) => state.measured());
    const ladders = laddersOf(cases, { p99BoundMs, sharedCore: sharesCore(this.#arena.pinning) });
    const chosen = casesOfNeeds(
      cases.map((one) => one.case),
      ladders,
    );
    return this.#states.filter((state) => state.cases.some((one) => chosen.has(one)));
  }

  /** Known well enough, or the time is used; asked each few blocks, because asking after each one makes intervals too narrow. */
  #isDone(state: GroupState): boolean {
    const { halfWidth, minBlocks } = this.#arena.config;
    if (!state.hasBlocks(Math.min(minBlocks, MIN_BLOCKS))) return false;
    if (this.leftMs() === 0) return true;
    return state.hasBlocks(minBlocks) && state.blocks % ASK_EACH === 0 && state.halfWidth() <= halfWidth;
  }
}

/** The longest that a stage may take, but for its start and the first blocks. */
export function stageMs(groups: readonly Group[], targetMs: number): number {
  return groups.reduce((sum, group) => sum + group.members.length * targetMs, 0);
}

/** The sessions of a stage, and what is measured on them. */
class StageMeter {
  readonly #arena: Stagehand;
  readonly #run: StageRun;
  readonly #observer: StageObserver;
  readonly #sessions = new Map<string, Session>();
  readonly #failures = new Map<string, number>();
  readonly #orders = new Map<GroupState, (members: readonly Member[]) => readonly Member[]>();

  constructor(arena: Stagehand, run: StageRun, observer: StageObserver) {
    this.#arena = arena;
    this.#run = run;
    this.#observer = observer;
  }

  /** Opens every session, so that no slice has to wait for another's connections. */
  async openAll(states: readonly GroupState[]): Promise<void> {
    for (const state of states)
      for (const member of state.members) await this.#attempt(state, member, state.nextBlock, async () => {});
    this.#arena.stopIdle();
  }

  /** Loads every group without recording, until two passes cost every target the same. */
  async warmUp(states: readonly GroupState[]): Promise<void> {
    let before = Number.POSITIVE_INFINITY;
    const passes = this.#arena.config.targetMs === 0 ? 1 : MAX_WARM_PASSES;
    for (let pass = 0; pass < passes && !this.#arena.interrupted.aborted; pass += 1) {
      let cost = 0;
      for (const state of states) {
        for (const member of state.members) {
          await this.#attempt(state, member, state.nextBlock, async (session, one) => {
            const { load } = state.group;
            const slice = await measureSlice(this.#arena, session, one, load.warmUp ?? load.slice);
            if (slice.error !== undefined) throw new Error(slice.error);
            cost += Math.log(costOf({ type: 'slice', case: member.case, block: 0, atMs: 0, ...slice }) || 1);
          });
        }
      }
      const slices = states.reduce((sum, state) => sum + state.members.length, 0);
      const typical = Math.exp(cost / Math.max(1, slices));
      if (typical > before * STILL_WARMING) return;
      before = typical;
    }
  }

  /** One slice of each target of a group, in random order. */
  async block(state: GroupState): Promise<void> {
    const block = state.nextBlock;
    const order = this.#orders.get(state) ?? balancedOrders<Member>(Math.random);
    this.#orders.set(state, order);
    for (const member of order(state.members)) {
      if (this.#arena.interrupted.aborted) return;
      await this.#attempt(state, member, block, async (session, one) => {
        const slice = await measureSlice(this.#arena, session, one, state.group.load.slice);
        this.#store(state, member, block, slice);
        if (slice.error !== undefined) throw new Error(slice.error);
      });
    }
  }

  /** A target that broke at a step of a ladder is not asked for that step again, nor for a higher one. */
  dropBroken(states: readonly GroupState[]): void {
    for (const state of states) {
      if (state.group.scenario !== 'load') continue;
      for (const member of state.members) {
        if (!this.#breaks(state, member)) continue;
        for (const other of states) {
          const same = ladderKey(other.group) === ladderKey(state.group);
          const higher = Number(other.group.params.ratePerSec) >= Number(state.group.params.ratePerSec);
          const its = other.group.members.find(({ target }) => target === member.target);
          if (same && higher && its) other.leave(its);
        }
      }
    }
  }

  /** Most of its slices, and not only few of them, are over the bound by themselves: one stall of the machine is none of its doing. */
  #breaks(state: GroupState, member: Member): boolean {
    const { p99BoundMs } = this.#arena.config;
    const bounds = { p99BoundMs, sharedCore: sharesCore(this.#arena.pinning) };
    const rate = Number(state.group.params.ratePerSec);
    const slices = state.slicesOf(member);
    const broken = slices.filter((slice) => judgeStep(rate, [slice], bounds).outcome === 'breaks').length;
    return broken >= BLOCKS_TO_BREAK && broken > slices.length / 2;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.close().catch(() => {})));
    this.#sessions.clear();
  }

  /** Runs `work` on the session of a member, opened where it is not; a failure closes it, and the next turn opens a new one. */
  async #attempt(
    state: GroupState,
    member: Member,
    block: number,
    work: (session: Session, one: Case) => Promise<void>,
  ): Promise<void> {
    const key = `${member.target} ${state.group.sessionKey}`;
    const one = this.#run.cases[member.case]!;
    try {
      let session = this.#sessions.get(key);
      if (!session) {
        const target = this.#run.targets.get(member.target)!;
        session = await orAborted(this.#arena.open(one, target, state.group.load), this.#arena.interrupted);
        this.#sessions.set(key, session);
      }
      await work(session, one);
    } catch (error) {
      this.#arena.interrupted.throwIfAborted();
      await this.#failed(state, member, block, key, (error as Error).message);
    }
  }

  async #failed(
    state: GroupState,
    member: Member,
    block: number,
    key: string,
    sentence: string,
  ): Promise<void> {
    const session = this.#sessions.get(key);
    this.#sessions.delete(key);
    await session?.close().catch(() => {});
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const { scenario, route } = state.group;
    this.#observer.note(`${member.target} ${scenario} ${route}: ${sentence}`);
    if (session === undefined) this.#store(state, member, block, { error: sentence });
    if (failures >= MAX_FAILURES || session === undefined) state.leave(member);
  }

  #store(
    state: GroupState,
    member: Member,
    block: number,
    slice: Omit<SliceLine, 'type' | 'case' | 'block' | 'atMs'>,
  ): void {
    const atMs = Math.round(performance.now() - this.#run.startedMs);
    const line: SliceLine = { type: 'slice', case: member.case, block, atMs, ...slice };
    state.add(member, line);
    this.#observer.slice(line);
  }
}
