import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goBinary } from '@ws-arena/contract/go-binary';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { TargetUnavailable } from '@ws-arena/contract/target-unavailable';
import type { TestBed } from '../../processes/test-bed.ts';
import { claim, count, doesNotHold, holds, holdsIf } from '../claim.ts';

const run = promisify(execFile);
const moduleDir = join(repoRoot, 'baselines/go');
const goLibraries = ['gorilla', 'coder', 'gobwas'] as const;

/** Exported functions that take a Context, by `go doc`: all of them, and those that read, write or ping. */
async function contexts(
  ...packages: readonly string[]
): Promise<{ readonly all: number; readonly io: number }> {
  const texts = packages.map(
    async (name) => (await run('go', ['doc', '-all', name], { cwd: moduleDir })).stdout,
  );
  const functions = (await Promise.all(texts)).join('\n').match(/^func .*context\.Context.*$/gm) ?? [];
  const io = functions.filter((line) => /^func (\([^)]*\) )?(Read|Write|Ping|Writer|Next)/.test(line));
  return { all: functions.length, io: io.length };
}

export const contextSupport = claim({
  id: 'library-context',
  part: 'Which Go library',
  says: 'Support of Context: gorilla/websocket none, coder/websocket native, gobwas/ws none.',
  experiment:
    'Exported functions that take a context.Context, counted by `go doc -all` in the versions of baselines/go.',
  measure: async () => {
    await goBinary('gorilla');
    const [gorilla, coder, gobwas] = await Promise.all([
      contexts('github.com/gorilla/websocket'),
      contexts('github.com/coder/websocket'),
      contexts('github.com/gobwas/ws', 'github.com/gobwas/ws/wsutil'),
    ]);
    return {
      'coder: functions that read, write or ping with a Context': count(coder.io),
      'coder: all that take one': count(coder.all),
      'gorilla: that read, write or ping': count(gorilla.io),
      'gorilla: all': count(gorilla.all),
      'gobwas: that read, write or ping': count(gobwas.io),
      'gobwas: all': count(gobwas.all),
    };
  },
  judge: (figures) => {
    const coder = figures['coder: functions that read, write or ping with a Context'].value;
    const others =
      figures['gorilla: that read, write or ping'].value + figures['gobwas: that read, write or ping'].value;
    if (coder === 0 || others > 0)
      return doesNotHold(
        `${coder} functions of coder read, write or ping with a Context, and ${others} of the two others.`,
      );
    return figures['gorilla: all'].value + figures['gobwas: all'].value === 0
      ? holds('Only coder takes a Context.')
      : holdsIf('You mean an open connection. To dial, the two others take a Context too.');
  },
});

/** Lines of Go that are neither blank nor comments: what keeps the contract with this library, tests and variants apart. */
function linesOf(library: string): number {
  const folder = join(moduleDir, 'cmd', library);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.go') && !/_test\.go$|^epoll|^evented/.test(name))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;
}

export const difficulty = claim({
  id: 'library-difficulty',
  part: 'Which Go library',
  says: 'Difficulty: gorilla/websocket low, coder/websocket low, gobwas/ws high.',
  experiment:
    'Lines of Go in baselines/go/cmd that each library takes to keep one and the same contract, which one suite proves. Lines are a proxy of difficulty, and these were written by us.',
  measure: async () => {
    const [gorilla, coder, gobwas] = goLibraries.map((library) => count(linesOf(library)));
    return { 'lines, gorilla': gorilla!, 'lines, coder': coder!, 'lines, gobwas': gobwas! };
  },
  judge: (figures) => {
    const [gorilla, coder, gobwas] = [
      figures['lines, gorilla'].value,
      figures['lines, coder'].value,
      figures['lines, gobwas'].value,
    ];
    const factor = gobwas / Math.max(gorilla, coder);
    const times = `gobwas takes ${factor.toFixed(1)} times the lines of the longer of the two others`;
    if (factor >= 1.5) return holds(`For one contract ${times}.`);
    return factor > 1.1
      ? holdsIf(`A little more counts as high: ${times}.`)
      : doesNotHold(`For one contract ${times}.`);
  },
});

/** Whether the contract's server of this library starts with these settings: it refuses what the library cannot keep. */
async function accepts(
  bed: TestBed,
  library: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  try {
    await (await bed.server(library, settings)).kill();
    return true;
  } catch (error) {
    if (error instanceof TargetUnavailable || !/ended before it was ready/.test((error as Error).message))
      throw error;
    return false;
  }
}

const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

export const deflateSupport = claim({
  id: 'library-deflate',
  part: 'Which Go library',
  says: 'permessage-deflate: gorilla/websocket partial, coder/websocket full, gobwas/ws optional.',
  experiment:
    'The contract’s server of each library, started with each of the nine levels and with context takeover: it refuses what its library cannot keep.',
  measure: async (bed) => {
    const of = async (library: string) => {
      const accepted: boolean[] = [];
      for (const deflateLevel of levels) accepted.push(await accepts(bed, library, { deflateLevel }));
      const own = levels.find((_, i) => accepted[i]) ?? 1;
      const takeover = await accepts(bed, library, { deflateLevel: own, deflateContextTakeover: true });
      return {
        levels: count(accepted.filter(Boolean).length, levels.length),
        takeover: count(takeover ? 1 : 0),
      };
    };
    const [gorilla, coder, gobwas] = [await of('gorilla'), await of('coder'), await of('gobwas')];
    return {
      'gorilla: levels': gorilla.levels,
      'gorilla: keeps its window between messages': gorilla.takeover,
      'coder: levels': coder.levels,
      'coder: keeps its window between messages': coder.takeover,
      'gobwas: levels': gobwas.levels,
      'gobwas: keeps its window between messages': gobwas.takeover,
    };
  },
  judge: (figures) => {
    const takeover = figures['coder: keeps its window between messages'].value === 1;
    const whole = takeover && figures['coder: levels'].value === levels.length;
    const gorillaWhole =
      figures['gorilla: keeps its window between messages'].value === 1 &&
      figures['gorilla: levels'].value === levels.length;
    if (!takeover || gorillaWhole)
      return doesNotHold(
        takeover ? 'gorilla is as full as coder.' : 'coder does not keep its window between messages.',
      );
    return whole
      ? holds('Only coder has both the levels and context takeover.')
      : holdsIf(
          `Full means context takeover. coder has ${figures['coder: levels'].value} level to choose from, gorilla ${figures['gorilla: levels'].value}.`,
        );
  },
});
