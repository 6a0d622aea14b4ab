import { markdownTable } from '@ws-arena/report/markdown-table';
import { MergedHistogram } from '@ws-arena/report/merged-histogram';
import type { SliceLine } from '@ws-arena/results/slice-line';
import type { Command } from '../commands/command.ts';
import { benchConfig } from '../plan/bench-config.ts';
import { parseOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { type RoomsFinding, roomsExperiment } from './rooms-experiment.ts';

const SECONDS = 60;
/** What was not to be lost was. */
const FAILED = 3;

/** `pnpm bench rooms`: whether every member gets each message once and in order, and what a restart of Redis costs. */
export const roomsCommand: Command = {
  name: 'rooms',
  usage: 'rooms [--targets LIST] [--rooms RxMxH] [--seconds N]',
  about: 'load rooms over 3 instances at half their capacity, then kill and restart Redis',
  run: async (argv, interrupted) => {
    const given = parseOptions(argv, ['targets', 'rooms', 'seconds']);
    const config = benchConfig({ ...given, targets: given.targets ?? 'ws,uws,socketio' });
    const [room] = config.rooms;
    const { hz, ...half } = room!;
    const unable = config.targetList.find(
      ({ launch, capabilities }) => launch.kind === 'remote' || !capabilities.sharesRooms,
    );
    if (unable) throw new UsageError(`${unable.name} shares no rooms with other instances by Redis`);
    const seconds = given.seconds === undefined ? SECONDS : config.targetMs / 1000;
    const findings: RoomsFinding[] = [];
    for (const target of config.targetList) {
      process.stderr.write(`${target.name}\n`);
      const asked = given.rooms === undefined ? half : { ...half, hz };
      const finding = await roomsExperiment(target, asked, seconds, interrupted);
      findings.push(finding);
      process.stdout.write(`${roomsTable(finding)}\n`);
    }
    return findings.every(isWhole) ? 0 : FAILED;
  },
};

const faults = ['lost', 'duplicated', 'reordered'] as const;

function sumOf(slices: readonly SliceLine[], name: 'sent' | 'delivered' | (typeof faults)[number]): number {
  return slices.reduce((sum, { load }) => sum + load![name], 0);
}

/** Nothing was lost, repeated or out of order but while Redis was away. */
function isWhole({ steady, after }: RoomsFinding): boolean {
  return faults.every((name) => sumOf([...steady, ...after], name) === 0);
}

function roomsTable({ target, hz, steady, away, after, givenUp, awayMs, backMs }: RoomsFinding): string {
  const counts = (slices: readonly SliceLine[]) =>
    [sumOf(slices, 'delivered'), ...faults.map((name) => sumOf(slices, name))].map((n) =>
      n.toLocaleString('en-US'),
    );
  const p99 = (slices: readonly SliceLine[]) =>
    `${(new MergedHistogram(slices, 'intended').quantileNs(0.99) / 1e6).toFixed(1)} ms`;
  const gone = `Redis away for ${Math.round(awayMs)} ms, back ${Math.round(backMs)} ms after its start; the servers counted ${givenUp.toLocaleString('en-US')} of ${sumOf(away, 'sent').toLocaleString('en-US')} messages as lost`;
  const rows = [
    [target, `${hz} Hz, ${steady.length} s`, ...counts(steady), p99(steady)],
    [target, gone, ...counts(away), p99(away)],
    [target, `${after.length} s after it`, ...counts(after), p99(after)],
  ];
  return markdownTable(['target', 'what', 'deliveries', ...faults, 'p99'], rows);
}
