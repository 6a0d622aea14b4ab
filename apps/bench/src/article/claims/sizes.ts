import type { RunningServer } from '@ws-arena/contract/running-server';
import type { RunningProxy } from '@ws-arena/infra/running-proxy';
import { defaultSpec } from '@ws-arena/load/load-spec';
import type { ClaimFigure } from '@ws-arena/results/article-file';
import { UsageMeter } from '../../measure/usage-meter.ts';
import type { TestBed } from '../../processes/test-bed.ts';
import {
  bytes,
  claim,
  doesNotHold,
  holds,
  holdsIf,
  type Judgement,
  shownAbove,
  shownBelow,
  undecided,
} from '../claim.ts';
import { LaneFigures, openLoop } from '../lanes.ts';

const MIB = 2 ** 20;
const OTHERS = { connections: 50, ratePerSec: 1000 };
const BLOCKS = 16;
const SLICE_MS = 250;
const DRAIN_MS = 10_000;
/** What the others may feel of a neighbour: twice the p99 that they have alone. */
const FELT = 2;

interface Beside {
  readonly p99: ClaimFigure;
  readonly ratio: ClaimFigure;
  readonly peakBytes: number;
}

/** The p99 of small messages while one client has messages of each of `sizes` echoed, one in flight; 0 is nobody. */
async function beside(
  bed: TestBed,
  target: string,
  binary: boolean,
  sizes: readonly [least: number, most: number],
): Promise<Record<'alone' | 'least' | 'most', Beside>> {
  const largest = sizes[1];
  const settings = { readLimitBytes: largest * 2, maxBufferedBytes: largest * 4 };
  const server = await bed.server(target, settings);
  const proxy = await bed.proxy([server], { settings });
  const [small, large] = [await bed.generator(), await bed.generator()];
  const base = { ...defaultSpec, urls: [proxy.url], dialect: server.target.capabilities.wire };
  const others = await small.open({ ...base, connections: OTHERS.connections });
  const neighbour = (size: number) =>
    large.open({ ...base, payload: { ...defaultSpec.payload, bytes: size, binary } });
  const turns = [
    { session: undefined, figures: new LaneFigures(), peakBytes: 0 },
    { session: await neighbour(sizes[0]), figures: new LaneFigures(), peakBytes: 0 },
    { session: await neighbour(sizes[1]), figures: new LaneFigures(), peakBytes: 0 },
  ];
  for (let block = 0; block < BLOCKS; block += 1) {
    for (const turn of turns) {
      const { session } = turn;
      const meter = memoryOf(server, proxy);
      const times = { durationMs: SLICE_MS, drainMs: DRAIN_MS };
      const [slice] = await Promise.all([
        small.slice(others, { load: openLoop(OTHERS.ratePerSec), ...times }),
        session && large.slice(session, { load: { kind: 'closed', window: 1 }, ...times }),
      ]);
      turn.figures.add(slice, 0);
      turn.peakBytes = Math.max(turn.peakBytes, meter());
    }
  }
  const [alone, least, most] = turns.map(({ figures, peakBytes }) => ({
    p99: figures.latency(0.99),
    ratio: figures.latencyRatio(turns[0]!.figures, 0.99),
    peakBytes,
  }));
  return { alone: alone!, least: least!, most: most! };
}

function memoryOf(server: RunningServer, proxy: RunningProxy): () => number {
  const meter = new UsageMeter(() => [server.pid, ...proxy.pids()]);
  meter.start();
  return () => meter.stop()?.rssPeakBytes ?? 0;
}

const AROUND = `Others send ${OTHERS.ratePerSec.toLocaleString('en-US')} messages/s of 64 B over ${OTHERS.connections} connections through the same Nginx to the same server, alone and beside one client that has messages of that size echoed, one in flight. Clients and servers share two cores, so what it costs to make and to read the large messages is in it. Felt is a p99 of the others more than ${FELT} times that alone.`;

export const textSize = claim({
  id: 'size-text',
  part: 'Sizes',
  says: 'Golden rule: text and JSON messages of no more than 1 to 5 MB.',
  experiment: `Text of 1 and 5 MiB. ${AROUND}`,
  measure: async (bed) => {
    const sizes = [MIB, 5 * MIB] as const;
    const gorilla = await beside(bed, 'gorilla', false, sizes);
    const ws = await beside(bed, 'ws', false, sizes);
    return {
      'p99 of the others, alone, gorilla': gorilla.alone.p99,
      'beside 1 MiB ÷ alone, gorilla': gorilla.least.ratio,
      'beside 5 MiB ÷ alone, gorilla': gorilla.most.ratio,
      'beside 1 MiB ÷ alone, ws': ws.least.ratio,
      'beside 5 MiB ÷ alone, ws': ws.most.ratio,
      'memory of server and Nginx with 5 MiB, gorilla': bytes(gorilla.most.peakBytes),
      'memory of server and Nginx with 5 MiB, ws': bytes(ws.most.peakBytes),
    };
  },
  judge: (figures) =>
    felt(
      [figures['beside 1 MiB ÷ alone, gorilla'], figures['beside 1 MiB ÷ alone, ws']],
      [figures['beside 5 MiB ÷ alone, gorilla'], figures['beside 5 MiB ÷ alone, ws']],
      ['1 MiB', '5 MiB'],
    ),
});

export const binarySize = claim({
  id: 'size-binary',
  part: 'Sizes',
  says: 'Golden rule: binary messages of up to 10 to 50 MB.',
  experiment: `Binary messages of 10 and 50 MiB. ${AROUND}`,
  measure: async (bed) => {
    const sizes = [10 * MIB, 50 * MIB] as const;
    const gorilla = await beside(bed, 'gorilla', true, sizes);
    const ws = await beside(bed, 'ws', true, sizes);
    return {
      'p99 of the others, alone, gorilla': gorilla.alone.p99,
      'beside 10 MiB ÷ alone, gorilla': gorilla.least.ratio,
      'beside 50 MiB ÷ alone, gorilla': gorilla.most.ratio,
      'beside 10 MiB ÷ alone, ws': ws.least.ratio,
      'beside 50 MiB ÷ alone, ws': ws.most.ratio,
      'memory of server and Nginx with 50 MiB, gorilla': bytes(gorilla.most.peakBytes),
      'memory of server and Nginx with 50 MiB, ws': bytes(ws.most.peakBytes),
    };
  },
  judge: (figures) =>
    felt(
      [figures['beside 10 MiB ÷ alone, gorilla'], figures['beside 10 MiB ÷ alone, ws']],
      [figures['beside 50 MiB ÷ alone, gorilla'], figures['beside 50 MiB ÷ alone, ws']],
      ['10 MiB', '50 MiB'],
    ),
});

/** A rule of sizes holds where the others do not feel its largest message on either server. */
function felt(
  least: readonly ClaimFigure[],
  most: readonly ClaimFigure[],
  [small, large]: readonly [string, string],
): Judgement {
  const times = (of: readonly ClaimFigure[]) =>
    `${Math.max(...of.map(({ value }) => value)).toFixed(1)} times`;
  const harmless = (of: readonly ClaimFigure[]) => of.every((figure) => shownBelow(figure, FELT));
  if (harmless(most)) return holds(`Beside ${large} the others’ p99 was at most ${times(most)} that alone.`);
  const because = `The others’ p99 was ${times(least)} that alone beside ${small}, and ${times(most)} beside ${large}.`;
  if (least.some((figure) => shownAbove(figure, FELT))) return doesNotHold(`The others feel it. ${because}`);
  return harmless(least)
    ? holdsIf(`The lower end is meant. ${because}`)
    : undecided(`Twice the p99 was neither shown nor ruled out. ${because}`);
}
