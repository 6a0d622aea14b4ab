import { targetNamed } from '@ws-arena/contract/targets';
import { Arena } from '../arena.ts';
import { benchConfig } from '../bench-config.ts';
import type { Command } from '../commands/command.ts';
import { parseOptions } from '../options.ts';
import { pinning } from '../pinning.ts';
import { dropTest, freezeTest, halfRateTest } from './fault-tests.ts';
import { limiterTest } from './limiter-test.ts';
import { selfAgainstSelf } from './self-against-self.ts';
import { type SelfTest, selfTestTable } from './self-test.ts';

/** `pnpm bench selftest`: does this tool tell the truth about what is known beforehand? */
export const selftestCommand: Command = {
  name: 'selftest',
  usage: 'selftest [--no-pin]',
  about: 'A/A, a known freeze, known losses, a known limiter: does the tool say so?',
  run: async (argv, interrupted) => {
    const config = benchConfig({ ...parseOptions(argv, ['no-pin']), targets: 'ws,uws' });
    const arena = new Arena(config, pinning(config.pin), interrupted);
    const tests: SelfTest[] = [];
    const show = (found: readonly SelfTest[]) => {
      tests.push(...found);
      if (found.length > 0) process.stdout.write(`${selfTestTable(found)}\n`);
    };
    try {
      const { servers } = await arena.served(targetNamed('ws')!, {}, false);
      show(await freezeTest(arena, interrupted));
      show(await dropTest(arena, interrupted));
      show(await halfRateTest(arena, servers[0]!.url, interrupted));
      show(await limiterTest(arena, config, interrupted));
      show(await selfAgainstSelf(arena, config, interrupted));
    } finally {
      await arena.close(interrupted.aborted);
    }
    return tests.every((test) => test.passed) ? 0 : 1;
  },
};
