import type { ClaimFigure } from '@ws-arena/results/article-file';
import type { TestBed } from '../../processes/test-bed.ts';
import { claim, doesNotHold, holds, holdsIf, shownAbove, shownBelow, undecided } from '../claim.ts';
import { type LaneFigures, openLoop, takeTurns } from '../lanes.ts';

const names = ['gorilla', 'coder', 'gobwas', 'ws', 'uws'] as const;
type Library = (typeof names)[number];
const SPREAD_PER_SEC = 10_000;
const BURST_PER_SEC = 20_000;
const BURST = 16;
const BLOCKS = 36;

interface Measured {
  readonly spread: Record<Library, LaneFigures>;
  readonly bursts: Record<Library, LaneFigures>;
}

/** All libraries at equal load, in blocks in which each has its slice. */
const measured = (bed: TestBed): Promise<Measured> =>
  bed.shared.once('libraries', async () => {
    const lanes = [];
    for (const name of names) lanes.push({ name, server: await bed.server(name) });
    const session = { connections: 100 };
    const spread = await takeTurns(bed, lanes, { session, load: openLoop(SPREAD_PER_SEC), blocks: BLOCKS });
    const load = { ...openLoop(BURST_PER_SEC), burst: BURST };
    return { spread, bursts: await takeTurns(bed, lanes, { session, load, blocks: BLOCKS }) };
  });

const EQUAL_LOAD = `64 B messages over 100 connections at equal load (${SPREAD_PER_SEC.toLocaleString('en-US')}/s spread at random, and ${BURST_PER_SEC.toLocaleString('en-US')}/s in bursts of ${BURST}), slices of all libraries in turns.`;

export const performance = claim({
  id: 'library-performance',
  part: 'Which Go library',
  says: 'Performance: gorilla/websocket medium, coder/websocket high, gobwas/ws maximal.',
  experiment: EQUAL_LOAD,
  measure: async (bed) => {
    const { spread, bursts } = await measured(bed);
    return {
      'CPU per message, gorilla': spread.gorilla.cost(),
      'CPU per message, coder': spread.coder.cost(),
      'CPU per message, gobwas': spread.gobwas.cost(),
      'coder ÷ gorilla': spread.coder.costRatio(spread.gorilla),
      'gobwas ÷ gorilla': spread.gobwas.costRatio(spread.gorilla),
      'gobwas ÷ coder': spread.gobwas.costRatio(spread.coder),
      'in bursts, coder ÷ gorilla': bursts.coder.costRatio(bursts.gorilla),
      'in bursts, gobwas ÷ gorilla': bursts.gobwas.costRatio(bursts.gorilla),
      'p99, coder ÷ gorilla': spread.coder.latencyRatio(spread.gorilla, 0.99),
      'p99, gobwas ÷ gorilla': spread.gobwas.latencyRatio(spread.gorilla, 0.99),
    };
  },
  judge: (figures) => {
    const [coder, gobwas] = [figures['coder ÷ gorilla'], figures['gobwas ÷ gorilla']];
    const coderCostsMore = shownAbove(coder, 1) || shownAbove(figures['in bursts, coder ÷ gorilla'], 1);
    const gobwasCostsMore = shownAbove(gobwas, 1) || shownAbove(figures['in bursts, gobwas ÷ gorilla'], 1);
    const gobwasCostsLess = shownBelow(gobwas, 1) && !gobwasCostsMore;
    const because = `${costs('coder', coder)}, and ${costs('gobwas', gobwas)}; in bursts ${figures['in bursts, coder ÷ gorilla'].value.toFixed(2)} and ${figures['in bursts, gobwas ÷ gorilla'].value.toFixed(2)} times.`;
    if (
      gobwasCostsLess &&
      !coderCostsMore &&
      shownBelow(coder, 1) &&
      shownBelow(figures['gobwas ÷ coder'], 1)
    )
      return holds(because);
    if (gobwasCostsLess && (coderCostsMore || isEqual(coder)))
      return holdsIf(`You mean gobwas alone, which costs less than gorilla: ${because}`);
    return coderCostsMore || gobwasCostsMore || (isEqual(coder) && isEqual(gobwas))
      ? doesNotHold(because)
      : undecided(`Neither an order nor equality was shown: ${because}`);
  },
});

/** Within a tenth of each other, with all of the interval. */
const isEqual = (figure: ClaimFigure): boolean => shownAbove(figure, 0.9) && shownBelow(figure, 1.1);

const costs = (name: string, { value }: ClaimFigure): string =>
  `${name} costs ${value.toFixed(2)} times the CPU of gorilla`;

export const idealLanguage = claim({
  id: 'go-ideal',
  part: 'Go',
  says: 'Go is the ideal language for high-load WebSocket servers: low latency, direct access to system calls.',
  experiment: `CPU per message of gorilla over that of two libraries for Node.js. ${EQUAL_LOAD}`,
  measure: async (bed) => {
    const { spread, bursts } = await measured(bed);
    return {
      'gorilla ÷ uWebSockets.js': spread.gorilla.costRatio(spread.uws),
      'gorilla ÷ ws': spread.gorilla.costRatio(spread.ws),
      'in bursts, gorilla ÷ uWebSockets.js': bursts.gorilla.costRatio(bursts.uws),
      'in bursts, gorilla ÷ ws': bursts.gorilla.costRatio(bursts.ws),
    };
  },
  judge: (figures) => {
    const all = Object.entries(figures);
    const costlier = all.filter(([, figure]) => shownAbove(figure, 1.1)).map(([name]) => name);
    if (costlier.length === all.length)
      return doesNotHold('It costs more CPU per message than both of them, spread and in bursts.');
    if (costlier.length > 0)
      return holdsIf(
        `CPU per message is not what decides: over a tenth more was shown for ${costlier.join('; ')}. One process of Go uses every core, and one of Node.js one.`,
      );
    return all.every(([, figure]) => shownBelow(figure, 1.1))
      ? holds('It costs at most a tenth more than either of them.')
      : undecided('A tenth more was neither shown nor ruled out.');
  },
});
