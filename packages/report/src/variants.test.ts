import type { Run } from '@ws-arena/results/run-file';
import type { SliceLine } from '@ws-arena/results/slice-line';
import type { Case, Params, Route, Trial } from '@ws-arena/results/trial';
import { describe, expect, test } from 'vitest';
import { renderHtml } from './html/render-html.ts';
import { summarize } from './summarize.ts';
import { sampleRun } from './testdata/sample-run.ts';
import { variantsSection } from './view/variant-tables.ts';

/** How many times what plain Nginx takes a made-up variant does: CPU of the proxy per message and per handshake. */
interface Way {
  readonly route: Route;
  readonly params: Params;
  readonly message: number;
  readonly handshake: number;
}

const lua: Way = { route: 'nginx-lua', params: { tokens: 'signature' }, message: 1, handshake: 0.2 };
const auth: Way = { route: 'nginx-auth', params: { tokens: 'signature' }, message: 1.6, handshake: 9 };
const asked: Way = {
  route: 'nginx-auth',
  params: { tokens: 'introspection', cache: 'off' },
  ...{ message: 1.6, handshake: 20 },
};

const lives = {
  ...{ expiredOpenMs: 400, revokedOpenMs: 5000, revokedEntersMs: 4000, revokedLeftMs: 5000 },
  ...{ startMs: 120, modules: ['ngx_http_lua_module'], configLines: 107, codeLines: 138 },
  returns: { clients: 20, eachMs: 400, handshakes: 120, asked: 30 },
};

/** The made-up run with tokens on every route, and each of `ways` measured in the blocks of plain Nginx. */
function runOf(...ways: readonly Way[]): Run {
  const run = sampleRun({ scenarios: ['load', 'connect', 'hold'], targets: ['ws'] });
  const plain = run.header.cases.map((one) => ({ ...one, params: { ...one.params, tokens: 'server' } }));
  const cases: Case[] = [...plain];
  const slices: SliceLine[] = [...run.slices];
  const trials: Trial[] = run.trials.map((trial) => ({
    ...trial,
    case: { ...trial.case, params: { ...trial.case.params, tokens: 'server' } },
  }));
  for (const way of ways) {
    plain.forEach((one, index) => {
      if (one.route !== 'nginx') return;
      const params = { ...one.params, ...way.params };
      const copied: Case = { ...one, route: way.route, params };
      const times = one.scenario === 'connect' ? way.handshake : way.message;
      const own = run.slices.filter((line) => line.case === index);
      slices.push(...own.map((line) => ({ ...proxyTimes(line, times), case: cases.length })));
      trials.push(
        ...run.trials
          .filter(({ case: of }) => of.scenario === one.scenario && of.route === 'nginx')
          .map((trial) => ({ ...trial, case: copied })),
      );
      cases.push(copied);
    });
    const of: Case = { scenario: 'tokens', target: 'ws', route: way.route, params: way.params };
    cases.push(of);
    const usage = run.trials.find((trial) => trial.usage?.proxy)!.usage!;
    const [{ load }] = run.trials.filter((trial) => trial.load) as [Trial];
    const about = { type: 'trial', case: of, round: 0, startedAt: '', elapsedMs: 1, warnings: [] } as const;
    trials.push({ ...about, usage, load: { ...load!, handshakes: 900 }, tokens: lives });
  }
  return { ...run, header: { ...run.header, cases }, slices, trials };
}

function proxyTimes(line: SliceLine, times: number): SliceLine {
  const { usage } = line;
  if (!usage?.proxy) return line;
  return { ...line, usage: { ...usage, proxy: { ...usage.proxy, cpuNs: usage.proxy.cpuNs * times } } };
}

const variants = summarize(runOf(lua, auth, asked)).variants;
const findingOf = (row: number, scenario: string, metric: string) =>
  variants[row]!.figures.find((one) => one.scenario === scenario && one.metric === metric)?.finding;

test('every way is held against plain Nginx in the same blocks, and stands in the order of the routes', () => {
  expect(variants.map(({ route, tokens, cache }) => [route, tokens, cache])).toEqual([
    ['nginx', 'server', undefined],
    ['nginx-auth', 'signature', undefined],
    ['nginx-auth', 'introspection', 'off'],
    ['nginx-lua', 'signature', undefined],
  ]);
  expect(findingOf(0, 'load', 'cpuServing')).toBeUndefined();
  expect(findingOf(1, 'load', 'cpuServing')).toMatchObject({ verdict: 'worse' });
  expect(findingOf(3, 'load', 'cpuServing')).toMatchObject({ verdict: 'equal', ratio: { center: 1 } });
  expect(findingOf(3, 'connect', 'cpuServing')).toMatchObject({ verdict: 'better' });
  expect(findingOf(1, 'hold', 'bytesPerConnectionServing')).toMatchObject({ verdict: 'equal' });
});

test('one load stands for all: spread, of the smallest messages, at the highest rate that every way kept', () => {
  const [load] = variants[1]!.figures;
  expect(load!.params).toMatchObject({ burst: 1, payloadBytes: 64, ratePerSec: 20_000 });
});

test('tokens are told with what checks them', () => {
  const { parts, figures } = variants[3]!;
  expect(parts).toEqual({ modules: ['ngx_http_lua_module'], configLines: 107, codeLines: 138 });
  const center = (metric: string) => figures.find((one) => one.metric === metric)!.estimate.center;
  expect([center('cacheHits'), center('revokedEnters'), center('startTime')]).toEqual([0.75, 4e9, 120e6]);
  expect(center('handshakesPerSec')).toBe(900);
});

describe('the verdict on the choice of plain Nginx', () => {
  const section = (...ways: readonly Way[]) => variantsSection(summarize(runOf(...ways)));

  test('holds where no other way is better', () => {
    const { paragraphs, list } = section(auth);
    expect(paragraphs[1]).toContain('it holds for server + proxy CPU per message');
    expect(list).toContainEqual(
      expect.stringMatching(/^server \+ proxy CPU per handshake: holds\. Worse: nginx-auth, signature \(/),
    );
  });

  test('does not hold where one is', () => {
    const { paragraphs, list } = section(lua, auth);
    expect(paragraphs[1]).toContain('it does not hold for server + proxy CPU per handshake');
    expect(list).toContainEqual(
      expect.stringMatching(/^server \+ proxy CPU per handshake: does not hold\. Better: nginx-lua \(/),
    );
  });

  test('a run without tokens has no such section', () => {
    const report = summarize(sampleRun({ scenarios: ['load'] }));
    expect([report.variants, variantsSection(report).tables]).toEqual([[], []]);
    expect(renderHtml(report)).not.toContain('Who checks the tokens');
    expect(renderHtml(summarize(runOf(lua)))).toContain('Who checks the tokens');
  });
});
