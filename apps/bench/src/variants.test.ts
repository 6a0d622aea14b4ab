// The article's variants as routes of a run, with every process real.
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modulesHere } from '@ws-arena/infra/testing/modules-here';
import { nginxHere } from '@ws-arena/infra/testing/nginx-here';
import { parseRun } from '@ws-arena/results/run-file';
import { describe, expect, test } from 'vitest';
import { run } from './run.ts';

const routes = 'direct,nginx,nginx-auth,nginx-njs,nginx-lua';

/** A run of `ws` as it is stored, the text of all its files, and how many of its measurements failed. */
async function measured(...argv: readonly string[]) {
  const out = join(mkdtempSync(join(tmpdir(), 'run-')), 'run');
  const all = ['--preset', 'smoke', '--targets', 'ws', '--no-pin', '--out', out, ...argv];
  const { failed } = await run(all, new AbortController().signal);
  const files = readdirSync(out).map((name) => readFileSync(join(out, name), 'utf8'));
  return { ...parseRun(readFileSync(join(out, 'run.jsonl'), 'utf8')), failed, text: files.join('\n') };
}

describe.concurrent('a run with tokens', () => {
  test.runIf(modulesHere)(
    'a run measures every variant: clients get in, the auth service counts to the proxy, and no token is stored',
    async () => {
      const { header, slices, trials, failed, text } = await measured(
        ...['--scenarios', 'load,connect,hold', '--routes', routes],
      );
      expect([...slices, ...trials].flatMap(({ error }) => error ?? [])).toEqual([]);
      expect(failed).toBe(0);
      expect(new Set(slices.map((line) => line.case)).size + trials.length).toBe(header.cases.length);
      const delivered = new Map<string, number>();
      for (const { case: index, load } of slices) {
        const { scenario, route } = header.cases[index]!;
        const key = `${scenario} ${route}`;
        delivered.set(key, (delivered.get(key) ?? 0) + load!.delivered);
        // Whoever is refused has a status; on a busy machine some may only be late.
        expect(Object.keys(load!.failed ?? {}).filter((why) => why.startsWith('status'))).toEqual([]);
      }
      expect([...delivered].filter(([, count]) => count === 0)).toEqual([]);
      const processes = (route: string, tokens: string) =>
        trials.find((one) => one.case.route === route && one.case.params.tokens === tokens)!.usage!.proxy!
          .processes;
      // The cache of keys or answers has a process of its own.
      expect(processes('nginx-lua', 'signature')).toBe(processes('nginx', 'server'));
      expect(processes('nginx-njs', 'signature')).toBe(processes('nginx', 'server') + 1);
      expect(processes('nginx-auth', 'signature')).toBe(processes('nginx', 'server') + 1);
      expect(processes('nginx-auth', 'introspection')).toBe(processes('nginx', 'server') + 2);
      expect(text).not.toContain('eyJ');
    },
  );

  test.runIf(nginxHere)(
    'a token that was revoked or has expired: how long it lets in, and what the cache of introspection has to do with it',
    async () => {
      const { trials, failed } = await measured(
        ...['--scenarios', 'tokens', '--routes', 'nginx,nginx-auth', '--token-checks', 'introspection'],
      );
      expect([failed, trials.flatMap(({ error }) => error ?? [])]).toEqual([0, []]);
      const seen = new Map(trials.map((one) => [one.case.params.cache ?? one.case.route, one.tokens!]));
      const [server, kept, asked] = ['nginx', 'on', 'off'].map((name) => seen.get(name)!);
      // By its signature a revoked token is good until it expires; Nginx keeps a yes of the issuer for 2 s of the 5 s left.
      expect(server!.revokedEntersMs).toBeGreaterThan(kept!.revokedEntersMs);
      expect(kept!.revokedEntersMs).toBeLessThan(kept!.revokedLeftMs);
      expect(asked!.revokedEntersMs).toBe(0);
      // Whoever is in stays in, until the token ends.
      expect(asked!.revokedOpenMs).toBeGreaterThan(asked!.revokedEntersMs);
      expect(server!.returns).toBeUndefined();
      expect(kept!.returns!.asked).toBeGreaterThanOrEqual(kept!.returns!.clients);
      expect(kept!.returns!.asked).toBeLessThanOrEqual(kept!.returns!.handshakes);
      expect(asked!.returns!.asked).toBe(asked!.returns!.handshakes);
      expect([server!.modules, server!.configLines < kept!.configLines]).toEqual([[], true]);
      expect([server!.codeLines, kept!.codeLines, kept!.startMs].every((value) => value > 0)).toBe(true);
    },
  );
});
