import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exists, fetchedFolder } from '@ws-arena/contract/fetched-folder';
import { projectCache } from '@ws-arena/infra/project-cache';
import type { EchoLoad, Tool } from './tool.ts';

const VERSION = '2.0.34';
const home = join(projectCache, 'artillery', VERSION);
/** The name of the histogram below. */
const ROUND_TRIP = 'round_trip';
const run = promisify(execFile);

/** Its engine for WebSocket records no latency: two functions in the script, run before and behind a message, do. */
const PROCESSOR = `
const ends = Date.now() + Number(process.env.SECONDS) * 1000;
exports.goesOn = (context, done) => done(Date.now() < ends);
exports.begin = (context, events, done) => {
  context.vars.sentAt = process.hrtime.bigint();
  done();
};
exports.end = (context, events, done) => {
  events.emit('histogram', '${ROUND_TRIP}', Number(process.hrtime.bigint() - context.vars.sentAt) / 1e6);
  done();
};
`;

/** Artillery: virtual users with an engine for WebSocket, on Node.js. */
export const artillery: Tool = {
  name: 'Artillery',
  licence: 'MPL-2.0',
  from: 'npm',
  version: async () => ((await exists(home)) ? VERSION : undefined),
  fetch: async () => {
    // Its install scripts fetch browsers.
    const options = ['--ignore-scripts', '--no-audit', '--no-fund'];
    await fetchedFolder(home, async (work) => {
      const words = ['install', '--prefix', work, ...options, `artillery@${VERSION}`];
      await run('npm', words, { maxBuffer: 2 ** 26 });
      return work;
    });
  },
  launch: async (load, folder) => {
    await writeFile(join(folder, 'processor.cjs'), PROCESSOR);
    await writeFile(join(folder, 'script.json'), JSON.stringify(scriptOf(load)));
    const bin = join(home, 'node_modules/artillery/bin/run');
    const files = ['--output', join(folder, 'report.json'), join(folder, 'script.json')];
    return {
      command: [process.execPath, bin, 'run', '--quiet', ...files],
      env: { SECONDS: String(load.seconds), ARTILLERY_DISABLE_TELEMETRY: 'true', HOME: folder },
    };
  },
  reported: (folder) => {
    const { aggregate }: Report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    const { p50, p99, max } = aggregate.summaries[ROUND_TRIP]!;
    return { p50Ms: p50, p99Ms: p99, maxMs: max };
  },
};

interface Report {
  readonly aggregate: {
    readonly summaries: Readonly<
      Record<string, { readonly p50: number; readonly p99: number; readonly max: number }>
    >;
  };
}

/** All users come in the first second; each sends, awaits the reply, and waits for its next turn. */
function scriptOf({ url, connections, payload, rate, timed }: EchoLoad) {
  const message = { send: { payload, match: [{ regexp: '^.{8}', value: payload.slice(0, 8) }] } };
  const around = timed ? [{ function: 'begin' }, message, { function: 'end' }] : [message];
  const pause = rate === 'flight-1' ? [] : [{ think: connections / rate }];
  return {
    config: {
      target: url,
      phases: [{ duration: 1, arrivalCount: connections }],
      processor: './processor.cjs',
    },
    scenarios: [{ engine: 'ws', flow: [{ loop: [...around, ...pause], whileTrue: 'goesOn' }] }],
  };
}
