import { targets } from '@ws-arena/contract/targets';
import { metricAbouts, metrics } from '@ws-arena/report/metrics';
import { routeTitle, scenarioTitle } from '@ws-arena/report/view/labels';
import { routes, scenarios } from '@ws-arena/results/trial';
import { presets } from '../plan/presets.ts';
import { UsageError } from '../plan/usage-error.ts';
import type { Command } from './command.ts';

type Line = readonly [name: string, about: string];

/** Everything that a run can be asked for by name, and everything that a report can hold. */
const lists: Readonly<Record<string, () => readonly Line[]>> = {
  targets: () =>
    targets.map(({ name, library, language, kind }) => [name, `${library}, ${language}, ${kind}`]),
  scenarios: () => scenarios.map((name) => [name, scenarioTitle(name)]),
  routes: () => routes.map((name) => [name, routeTitle(name)]),
  presets: () => Object.entries(presets).map(([name, { about }]) => [name, about]),
  metrics: () =>
    (Object.keys(metrics) as (keyof typeof metrics)[]).map((name) => {
      const { title, unit, better } = metrics[name];
      return [
        name,
        `${title} (${unit === '1' ? 'a number' : unit}, ${better} is better): ${metricAbouts[name]}`,
      ];
    }),
};

/** `pnpm bench list`: the names that options take and reports use. */
export const listCommand: Command = {
  name: 'list',
  usage: `list [${Object.keys(lists).join(' | ')}]`,
  about: 'list the names that options take and reports use',
  run: async (argv) => {
    const [name, ...rest] = argv;
    if (rest.length > 0 || (name !== undefined && !Object.hasOwn(lists, name)))
      throw new UsageError(`list takes one of ${Object.keys(lists).join(', ')}, and got "${argv.join(' ')}"`);
    const shown = Object.entries(lists).filter(([title]) => name === undefined || title === name);
    for (const [title, lines] of shown) {
      const own = lines();
      const width = Math.max(...own.map(([word]) => word.length));
      process.stdout.write(
        `${title}\n${own.map(([word, about]) => `  ${word.padEnd(width)}  ${about}\n`).join('')}\n`,
      );
    }
    return 0;
  },
};
