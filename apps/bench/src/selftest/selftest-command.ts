import { targetNamed } from '@ws-arena/contract/targets';
import type { Command } from '../commands/command.ts';
import { parseOptions } from '../plan/options.ts';
import { allowedCpus } from '../processes/pinning.ts';
import { equalTest } from './equal.ts';
import { dropTest, freezeTest, halfRateTest } from './fault-tests.ts';
import { handicapTest } from './handicap.ts';
import { Lab } from './lab.ts';
import { limiterTest } from './limiter-test.ts';
import { beside } from './neighbour.ts';
import { type SelfTest, selfTestTable } from './self-test.ts';

const tenPercent = { handicap: 0.1, preset: 'quick', targetMs: 1700, repetitions: 20, found: 0.95 } as const;
const threePercent = {
  handicap: 0.03,
  preset: 'standard',
  targetMs: 5000,
  repetitions: 10,
  found: 0.9,
} as const;
/** What the neighbour takes of each core. */
const NEIGHBOUR = 0.5;

/** `pnpm bench selftest`: does this tool tell the truth about what is known beforehand? */
export const selftestCommand: Command = {
  name: 'selftest',
  usage: 'selftest [--no-pin]',
  about:
    'test the tool: does it find equal servers, known handicaps, losses and limiters, on a quiet and a busy machine?',
  run: async (argv, interrupted) => {
    const lab = new Lab(parseOptions(argv, ['no-pin'])['no-pin'] !== true, interrupted);
    const tests: SelfTest[] = [];
    const show = (found: readonly SelfTest[], where = '') => {
      const named = found.map((test) => ({ ...test, name: test.name + where }));
      tests.push(...named);
      process.stdout.write(`${selfTestTable(named)}\n`);
    };
    await lab.withArena({}, async (arena) => {
      show(await freezeTest(arena, interrupted));
      show(await dropTest(arena, interrupted));
      const { servers } = await arena.served(targetNamed('ws')!, {});
      show(await halfRateTest(arena, servers[0]!.url, interrupted));
    });
    const power = async (where = '') => {
      show(await limiterTest(lab), where);
      show(await equalTest(lab, ['ws', 'uws']), where);
      show(await handicapTest(lab, tenPercent), where);
      show(await handicapTest(lab, threePercent), where);
    };
    await power();
    const neighbour = `, beside a neighbour that takes ${NEIGHBOUR * 100} % of ${allowedCpus().length} cores`;
    await beside(NEIGHBOUR, () => power(neighbour));
    const failed = tests.filter((test) => !test.passed).length;
    process.stdout.write(`${tests.length - failed} of ${tests.length} as expected\n`);
    return failed === 0 ? 0 : 1;
  },
};
