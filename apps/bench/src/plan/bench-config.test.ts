import { describe, expect, test } from 'vitest';
import { benchConfig } from './bench-config.ts';
import { expand } from './cases.ts';
import { optionHelp, optionTable, parseOptions } from './options.ts';
import { stagesOf } from './stages.ts';

const config = (...argv: string[]) => benchConfig(parseOptions(argv));

describe('wrong usage is one sentence with what is allowed', () => {
  test.each([
    [
      ['--targets', 'ws,wss'],
      /unknown target "wss"; allowed: ws, uws, socketio, socketio-msgpack, gorilla.*name=ws:\/\/host:port\/path/,
    ],
    [['--targets', 'ws,uws,ws'], /--targets names "ws" twice/],
    [['--scenarios', 'ecko'], /unknown scenario "ecko"; allowed: load, echo/],
    [['--preset', 'fast'], /unknown preset "fast"; allowed: smoke, quick, standard, full/],
    [['--routes', 'apache'], /unknown route "apache"; allowed: direct, nginx, nginx-tls/],
    [['--precision', '0.5'], /--precision is "0.5"; allowed: whole numbers from 1/],
    [['--rounds', '0'], /--rounds is "0"; allowed: whole numbers from 1/],
    [['--windows', '1,x'], /--windows is "x"; allowed: whole numbers from 1/],
    [['--connections', '1,2'], /--connections takes one number, and got 2/],
    [['--window', '1'], /Unknown option '--window'; the options are --preset/],
    [['--balance', 'ip_hash'], /--balance needs several instances, and --instances is 1$/],
    [
      ['--instances', '3', '--balance', 'sticky'],
      /unknown balancing method "sticky"; allowed: round-robin, ip_hash/,
    ],
    [['--set', 'pingPeriod=1'], /--set is "pingPeriod=1"; allowed: name=value with a name of host, port/],
    [['--set', 'pingPeriodMs=1s'], /--set pingPeriodMs is "1s"; wanted: a plain number of milliseconds/],
    [['--rooms', '10x50'], /^--rooms is "10x50"; allowed: rooms x members x messages a second to each/],
    [['--rooms', '10x0x60'], /^--rooms is "10x0x60"/],
    [['--set', 'pongWaitMs=95000'], /proxyReadTimeoutMs is 90000 and must be above pongWaitMs/],
    [['--upstreams', 'udp'], /unknown kind of upstream "udp"; allowed: tcp, unix$/],
    [
      ['--routes', 'direct', '--upstreams', 'unix'],
      /--upstreams needs a route through Nginx, and --routes is direct$/,
    ],
    [['--baseline', 'uws', '--targets', 'ws'], /unknown baseline "uws"; allowed: ws/],
    [['--routes', 'nginx-tls', '--tls-versions', '1.1'], /unknown TLS version "1.1"; allowed: 1.2, 1.3$/],
    [
      ['--routes', 'nginx-tls', '--tls-reuse', 'yes'],
      /unknown value of --tls-reuse "yes"; allowed: on, off$/,
    ],
    [
      ['--tls-versions', '1.2'],
      /--tls-versions needs the route nginx-tls, and the routes are direct, nginx$/,
    ],
    [
      ['--routes', 'nginx-tls', '--scenarios', 'echo', '--tls-reuse', 'off'],
      /--tls-reuse needs the scenario connect, and the scenarios are echo$/,
    ],
    [
      ['--routes', 'nginx-auth', '--token-checks', 'guess'],
      /unknown token check "guess"; allowed: signature, introspection$/,
    ],
    [
      ['--routes', 'nginx-lua', '--token-checks', 'signature'],
      /--token-checks needs the route nginx-auth, and the routes are nginx-lua$/,
    ],
    [
      ['--scenarios', 'tokens'],
      /the scenario tokens needs one of the routes nginx-auth, nginx-njs, nginx-lua, and the routes are direct, nginx$/,
    ],
  ])('%j', (argv, sentence) => {
    expect(() => config(...argv)).toThrow(sentence);
  });
});

test('quick has every cell that the issue asks for, and nothing of other targets', () => {
  const cases = expand(config());
  const names = new Set(cases.map((one) => `${one.scenario} ${one.route}`));
  expect([...names].sort()).toEqual([
    'broadcast direct',
    'connect direct',
    'connect nginx',
    'echo direct',
    'echo nginx',
    'hold direct',
    'load direct',
    'load nginx',
    'rooms direct',
    'slow direct',
  ]);
  expect(new Set(cases.map((one) => one.target))).toEqual(new Set(['ws', 'uws', 'socketio']));
});

test('naming routes takes every scenario that can be proxied through all of them', () => {
  const cases = expand(config('--routes', 'direct,nginx-tls', '--scenarios', 'hold,http', '--targets', 'ws'));
  expect(cases.map((one) => `${one.scenario} ${one.route}`)).toEqual([
    'hold direct',
    'hold nginx-tls',
    'http direct',
  ]);
});

test('instances are replaced behind a proxy only, slow readers are on plain TCP, and who is killed drains nothing', () => {
  const cases = expand(
    config(
      ...['--routes', 'direct,nginx,nginx-tls', '--scenarios', 'deploy,crash,slow', '--targets', 'ws'],
      ...['--max-fails', '1', '--backoff-ms', '200', '--set', 'drainSpreadMs=1500'],
    ),
  );
  expect(cases.map((one) => `${one.scenario} ${one.route} ${one.params.drainSpreadMs ?? ''}`.trim())).toEqual(
    [
      ...['deploy nginx 1500', 'deploy nginx-tls 1500', 'crash nginx 0', 'crash nginx-tls 0'],
      ...['slow direct', 'slow nginx'],
    ],
  );
  expect(cases[0]!.params).toMatchObject({ instances: 3, maxFails: 1, backoffMs: 200 });
  expect(() => config('--routes', 'direct', '--scenarios', 'storm')).toThrow(
    'storm needs a proxy before its instances, and --routes is direct; allowed: nginx, nginx-tls',
  );
});

test('instances of socket.io are replaced with and without restored sessions; nobody else restores any', () => {
  const targets = 'ws,socketio,socketio-msgpack,socketio-bare';
  const named = (...words: string[]) =>
    expand(
      config(
        '--routes',
        'nginx',
        '--scenarios',
        'crash',
        '--targets',
        targets,
        '--preset',
        'standard',
        ...words,
      ),
    ).map(({ target, params: { recovery } }) => [target, recovery].filter(Boolean).join(' '));
  const without = targets.split(',');
  expect(named()).toEqual([...without, 'socketio yes']);
  expect(named('--recovery', 'no')).toEqual(without);
  expect(named('--recovery', 'yes')).toEqual(['socketio yes']);
});

test('hold has as many instances as its connections need descriptors for, or more where they are asked for', () => {
  const held = (descriptors: number, ...words: string[]) =>
    expand({
      ...config('--scenarios', 'hold', '--routes', 'nginx-tls', '--targets', 'ws', ...words),
      descriptors,
    })[0]!.params.instances;
  expect(held(20_000)).toBeUndefined();
  expect(held(20_000, '--connections', '100000')).toBe(6);
  expect(held(1_000_000, '--connections', '100000')).toBeUndefined();
  expect(held(20_000, '--connections', '100000', '--instances', '8')).toBe(8);
});

test('TLS is a parameter of its route alone, and resumed sessions of its handshakes alone', () => {
  const cases = expand(
    config(
      ...['--routes', 'nginx,nginx-tls', '--scenarios', 'echo,connect', '--targets', 'ws'],
      ...['--tls-versions', '1.2,1.3,1.2', '--tls-reuse', 'on,off'],
    ),
  );
  expect(cases.map(({ scenario, route, params }) => [scenario, route, params.tls, params.tlsReuse])).toEqual([
    ['echo', 'nginx', undefined, undefined],
    ['echo', 'nginx-tls', '1.2', undefined],
    ['echo', 'nginx-tls', '1.3', undefined],
    ['connect', 'nginx', undefined, undefined],
    ['connect', 'nginx-tls', '1.2', 'on'],
    ['connect', 'nginx-tls', '1.2', 'off'],
    ['connect', 'nginx-tls', '1.3', 'on'],
    ['connect', 'nginx-tls', '1.3', 'off'],
  ]);
});

test('how Nginx reaches the servers is a parameter of its routes, where it is not TCP alone', () => {
  const cases = (...more: string[]) =>
    expand(config('--routes', 'direct,nginx', '--scenarios', 'connect', '--targets', 'ws', ...more)).map(
      ({ route, params }) => [route, params.upstream],
    );
  expect(cases('--upstreams', 'tcp')).toEqual(cases());
  expect(cases('--upstreams', 'tcp,unix')).toEqual([
    ['direct', undefined],
    ['nginx', 'tcp'],
    ['nginx', 'unix'],
  ]);
});

test('connections over TCP are not those over a Unix socket', () => {
  const both = config('--routes', 'nginx', '--upstreams', 'tcp,unix', '--targets', 'ws');
  const keys = stagesOf(expand(both), both)
    .flatMap(({ groups }) => groups)
    .map(({ sessionKey, params }) => ({ sessionKey, upstream: params.upstream }));
  for (const group of Map.groupBy(keys, ({ sessionKey }) => sessionKey).values())
    expect(new Set(group.map(({ upstream }) => upstream)).size).toBe(1);
});

test('where Nginx checks tokens on one route, somebody checks them on every other', () => {
  const through = (...routes: string[]) =>
    expand(config('--routes', routes.join(','), '--scenarios', 'echo,connect,http', '--targets', 'ws')).map(
      ({ scenario, route, params }) =>
        [scenario, route, params.tokens, params.cache].filter((part) => part !== undefined).join(' '),
    );
  expect(through('direct', 'nginx')).toEqual([
    ...['echo direct', 'echo nginx', 'connect direct', 'connect nginx', 'http direct'],
  ]);
  expect(through('direct', 'nginx', 'nginx-auth', 'nginx-njs', 'nginx-lua')).toEqual([
    ...['echo direct server', 'echo nginx server', 'echo nginx-auth signature'],
    ...['echo nginx-auth introspection', 'echo nginx-njs signature', 'echo nginx-lua signature'],
    ...['connect direct server', 'connect nginx server', 'connect nginx-auth signature'],
    ...['connect nginx-auth introspection on', 'connect nginx-auth introspection off'],
    ...['connect nginx-njs signature', 'connect nginx-lua signature', 'http direct'],
  ]);
});

test('a deflate setting that a library refuses is not asked of it', () => {
  const cases = expand(config('--preset', 'standard', '--scenarios', 'deflate', '--targets', 'ws,uws,coder'));
  const asked = (name: string) =>
    cases
      .filter((one) => one.target === name)
      .map(({ params }) => `${params.level}${params.takeover === 'yes' ? 't' : ''}`);
  expect(asked('ws')).toEqual(['0', '1', '1t', '6', '6t', '9', '9t']);
  expect(asked('uws')).toEqual(['0', '6']);
  expect(asked('coder')).toEqual(['0', '1', '1t']);
});

test('a server of somebody else stands beside the references, where only the wire is needed', () => {
  const cases = expand(config('--targets', 'ws,mine=ws://127.0.0.1:9/x', '--scenarios', 'echo,hold'));
  expect(cases.filter((one) => one.target === 'mine').map((one) => one.scenario)).not.toContain('hold');
  expect(new Set(cases.filter((one) => one.target === 'mine').map((one) => one.route))).toEqual(
    new Set(['direct']),
  );
});

test('help names every option and fits 80 columns', () => {
  const help = optionHelp();
  for (const name of Object.keys(optionTable)) expect(help).toContain(`--${name}`);
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('rooms over several instances have Redis between them, where the target can', () => {
  const paramsOf = (...argv: string[]) =>
    expand(config('--scenarios', 'rooms', '--rooms', '4x25x60', ...argv)).map(({ target, params }) => ({
      target,
      ...params,
    }));
  const room = { rooms: 4, members: 25, hz: 60, payloadBytes: 64 };
  const over = { instances: 3, redis: 'yes' };
  expect(paramsOf('--targets', 'ws,lua')).toEqual([
    { target: 'ws', ...room },
    { target: 'lua', ...room },
  ]);
  expect(paramsOf('--targets', 'ws,lua', '--instances', '3')).toEqual([{ target: 'ws', ...room, ...over }]);
  expect(paramsOf('--targets', 'ws', '--preset', 'standard')).toEqual([
    ...[room, { ...room, ...over }, room, { ...room, ...over }].map((params) => ({
      target: 'ws',
      ...params,
    })),
  ]);
});
