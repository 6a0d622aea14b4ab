import type { SliceResult, SliceSpec } from '@ws-arena/load/slice';
import type { WarningKind } from '@ws-arena/load/warning';
import type { Noise, SliceLine, SliceUsage } from '@ws-arena/results/slice-line';
import type { Case } from '@ws-arena/results/trial';
import { orAborted } from '../processes/or-aborted.ts';
import { gained, readCpu, readMachine, readThreads } from './proc.ts';
import type { Roles, Session } from './session.ts';

/** What is stored of one slice, but for its place in the run. */
export type MeasuredSlice = Pick<SliceLine, 'durationMs' | 'load' | 'usage' | 'noise' | 'error' | 'warnings'>;

/** Where a slice is measured: what gives it up, and which processes of the machine are the run's own. */
export interface Machine {
  readonly interrupted: AbortSignal;
  pids(): readonly number[];
}

/**
 * Loads a session for one slice and reads, at both of its edges, the CPU time of everybody. Nothing is under way at
 * either edge, so the processes sleep and their clocks stand: what they gained is what this slice cost. Whatever fails
 * becomes the slice's error; nothing is thrown but an interruption.
 */
export async function measureSlice(
  around: Machine,
  session: Session,
  one: Case,
  spec: SliceSpec,
): Promise<MeasuredSlice> {
  const roles = session.roles();
  try {
    const from = await session.page?.();
    const edge = edges(around, roles);
    const load = await orAborted(session.slice(spec), around.interrupted);
    const { usage: read, noise } = edge(load.wallNs);
    const to = from && (await session.page?.());
    const told = to && { cpuNs: to.cpuNs - from.cpuNs, saturation: 0 };
    const all = { ...read, ...(told && { server: told }) };
    const usage = all.server.cpuNs > 0 ? all : undefined;
    const { durationMs } = spec;
    return { durationMs, load, ...(usage && { usage }), noise, ...(await doubts(session, one, roles, load)) };
  } catch (cause) {
    around.interrupted.throwIfAborted();
    const { error = (cause as Error).message, ...others } = await doubts(session, one, roles);
    return { error, ...others };
  }
}

/** Reads the clocks of all processes now, and returns what tells what they gained since. */
function edges(around: Machine, roles: Roles) {
  const machine = readMachine();
  const own = readCpu(around.pids()).totalNs;
  const before = Object.entries(roles).map(
    ([role, pids]: [string, readonly number[]]) => [role, pids, readThreads(pids)] as const,
  );
  return (wallNs: number): { usage: NonNullable<SliceLine['usage']>; noise: Noise } => {
    const usage = Object.fromEntries(
      before.map(([role, pids, from]): [string, SliceUsage] => {
        const { cpuNs, busiestNs } = gained(from, readThreads(pids));
        return [role, { cpuNs, saturation: Math.min(1, busiestNs / wallNs) }];
      }),
    ) as NonNullable<SliceLine['usage']>;
    const after = readMachine();
    const others = after.busyNs - machine.busyNs - (readCpu(around.pids()).totalNs - own);
    return {
      usage,
      noise: {
        othersNs: Math.max(0, others),
        stealNs: after.stealNs - machine.stealNs,
        pressureNs: after.pressureNs - machine.pressureNs,
      },
    };
  };
}

/** Why a slice counts for nothing, or is in doubt: a process that died, connections that were cut, silence. */
async function doubts(
  session: Session,
  one: Case,
  before: Roles,
  load?: SliceResult,
): Promise<Pick<MeasuredSlice, 'error' | 'warnings'>> {
  const during = `during ${one.scenario} (${one.route})`;
  const failed = (kind: WarningKind, error: string) => ({ error, warnings: [{ kind, detail: error }] });
  const death = await session.death();
  if (death) return failed(`${death.who}-died`, `${death.sentence} ${during}`);
  const [workers = [], now = []] = [before.proxy, session.roles().proxy];
  if (workers.some((pid) => !now.includes(pid)))
    return failed('proxy-died', `a worker of Nginx ended ${during}, and its connections with it`);
  if (load?.closed) {
    const codes = Object.entries(load.closed).map(([code, count]) => `${count} with ${code}`);
    return failed('closed-unexpectedly', `connections were closed ${during}: ${codes.join(', ')}`);
  }
  if (load && load.sent > 0 && load.delivered === 0) {
    const came =
      load.wireReceived > 0
        ? `no answer was found in the ${load.wireReceived} bytes that came back`
        : 'nothing came back';
    return failed('lost', `${came} of ${load.sent} sent ${during}`);
  }
  if (now.length === workers.length) return {};
  const detail = `Nginx started new workers ${during}: it was reloaded`;
  return { warnings: [{ kind: 'proxy-reloaded', detail }] };
}
