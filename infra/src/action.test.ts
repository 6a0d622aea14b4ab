import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const text = readFileSync(`${repoRoot}action.yml`, 'utf8');
const action: { inputs: Record<string, { default?: string }>; runs: { steps: Step[] } } = parse(text);
const steps = action.runs.steps.filter(({ run }) => run !== undefined);

test.each(steps)('$name is a script that reads only what it is given', ({ run, env = {} }) => {
  expect(spawnSync('bash', ['-n'], { input: run! }).status).toBe(0);
  // An expression in a script would run what a pull request wrote; values come by the environment.
  expect(run).not.toContain('${{');
  const given = [
    'GITHUB_WORKSPACE',
    'GITHUB_ACTION_PATH',
    'GITHUB_REPOSITORY',
    'GITHUB_STEP_SUMMARY',
    'RUNNER_TEMP',
  ];
  const own = [...run!.matchAll(/^ *(\w+)=/gm)].map(([, name]) => name);
  for (const [, name] of run!.matchAll(/\$\{?([A-Za-z_]+)/g))
    expect([...Object.keys(env), ...given, ...own], name).toContain(name);
});

test('the inputs are those that steps read, and those of the docs', () => {
  const read = new Set([...text.matchAll(/\$\{\{ inputs\.([\w-]+) \}\}/g)].map(([, name]) => name));
  expect([...read].sort()).toEqual(Object.keys(action.inputs).sort());
  const docs = readFileSync(`${repoRoot}docs/github-action.md`, 'utf8');
  for (const name of Object.keys(action.inputs).filter((one) => one !== 'token'))
    expect(docs).toContain(`| \`${name}\` |`);
});
