/*
 * `pnpm --filter ws-arena-loadgen cost --base DIR`: what a message of the echo costs this generator in CPU, against that of
 * another checkout, with its dependencies installed. The two take turns on one server, so that drift hits both alike.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { parseConfig } from '@ws-arena/config/parse-config';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { startServer } from '@ws-arena/contract/running-server';
import { targetNamed } from '@ws-arena/contract/targets';
import type { RunOutput } from './cli/run-output.ts';

const run = promisify(execFile);
const { values } = parseArgs({
  options: {
    base: { type: 'string' },
    rounds: { type: 'string', default: '15' },
    target: { type: 'string', default: 'uws-bare' },
  },
});
const { base, rounds, target } = values;
if (base === undefined || targetNamed(target) === undefined || !(Number(rounds) >= 2)) {
  process.stderr.write('wanted: --base DIR [--rounds N, at least 2] [--target NAME]\n');
  process.exit(2);
}

const server = await startServer(targetNamed(target)!, parseConfig({ port: 0 }));
try {
  for (const window of [1, 16]) await compare(window, server.url);
} finally {
  await server.stop();
}

async function compare(window: number, url: string): Promise<void> {
  const ratios: number[] = [];
  const costs: number[][] = [[], []];
  for (let round = 0; round < Number(rounds); round++) {
    // Each goes first in every second round.
    const order = round % 2 === 0 ? [base!, repoRoot] : [repoRoot, base!];
    const cost = new Map<string, number>();
    for (const folder of order) cost.set(folder, await cpuOfMessage(folder, window, url));
    ratios.push(cost.get(repoRoot)! / cost.get(base!)!);
    costs[0]!.push(cost.get(base!)!);
    costs[1]!.push(cost.get(repoRoot)!);
  }
  const [before, after] = costs.map((all) => `${median(all).toFixed(2)} µs`);
  const [lo, hi] = medianInterval(ratios);
  process.stdout.write(
    `window ${window}: base ${before}, this ${after} a message; ratio ${median(ratios).toFixed(3)} (${lo} – ${hi}, ${rounds} rounds)\n`,
  );
}

/** CPU time of the generator for each message of a closed loop, in microseconds. */
async function cpuOfMessage(folder: string, window: number, url: string): Promise<number> {
  const load = `--connections 100 --window ${window} --warmup 500ms --duration 1s --json`.split(' ');
  const { stdout } = await run(process.execPath, [join(folder, 'apps/loadgen/src/main.ts'), url, ...load]);
  const { result } = JSON.parse(stdout) as RunOutput;
  const { cpuUserUs, cpuSystemUs } = result.generator;
  return (cpuUserUs + cpuSystemUs) / result.messages.delivered;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The 95 % interval of a median by ranks: n / 2 ± 0.98 √n. */
function medianInterval(values: readonly number[]): [string, string] {
  const sorted = values.toSorted((a, b) => a - b);
  const half = 0.98 * Math.sqrt(sorted.length);
  const at = (rank: number) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(rank)))]!.toFixed(3);
  return [at(sorted.length / 2 - half - 0.5), at(sorted.length / 2 + half - 0.5)];
}
