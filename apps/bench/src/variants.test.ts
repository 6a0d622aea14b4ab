// The article's variants as routes of a run, with every process real.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modulesHere } from '@ws-arena/infra/testing/modules-here';
import { parseRun } from '@ws-arena/results/run-file';
import { expect, test } from 'vitest';
import { run } from './run.ts';

const routes = 'direct,nginx,nginx-auth,nginx-njs,nginx-lua';

test.runIf(modulesHere)(
  'a run measures every variant: clients get in, the auth service counts to the proxy, and no token is stored',
  { timeout: 120_000 },
  async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'run-')), 'run');
    const argv = ['--preset', 'smoke', '--scenarios', 'load,connect,hold', '--routes', routes];
    const { failed } = await run(
      [...argv, '--targets', 'ws', '--no-pin', '--out', out],
      new AbortController().signal,
    );
    const text = readFileSync(join(out, 'run.jsonl'), 'utf8');
    const { header, slices, trials } = parseRun(text);
    expect([...slices, ...trials].flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(failed).toBe(0);
    expect(new Set(slices.map((line) => line.case)).size + trials.length).toBe(header.cases.length);
    for (const { load } of slices) expect([load!.failed, load!.delivered]).toEqual([undefined, load!.sent]);
    const processes = (route: string, tokens: string) =>
      trials.find((one) => one.case.route === route && one.case.params.tokens === tokens)!.usage!.proxy!
        .processes;
    const alone = processes('nginx', 'server');
    expect([processes('nginx-lua', 'signature'), processes('nginx-njs', 'signature')]).toEqual([
      alone,
      alone,
    ]);
    expect(processes('nginx-auth', 'signature')).toBe(alone + 1);
    expect(processes('nginx-auth', 'introspection')).toBe(alone + 1);
    expect(text).not.toContain('eyJ');
  },
);
