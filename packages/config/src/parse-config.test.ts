import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { optionNames } from './options.ts';
import { envName, flagName, fromEnv, loadConfig, parseConfig, toEnv } from './parse-config.ts';
import { tickMs } from './tick.ts';

describe('parseConfig', () => {
  test('without values it is the article', () => {
    expect(parseConfig()).toMatchObject({
      port: 8000,
      path: '/ws-notifications',
      pingPeriodMs: 30_000,
      pongWaitMs: 60_000,
      writeWaitMs: 15_000,
      readLimitBytes: 65_536,
      deflateLevel: 0,
      proxyReadTimeoutMs: 90_000,
    });
  });

  test.each([
    [{ pingPeriodMs: 60_000 }, /pingPeriodMs is 60000 and must be below pongWaitMs \(60000\)/],
    [{ proxyReadTimeoutMs: 60_000 }, /proxyReadTimeoutMs is 60000 .*1006/],
    [{ proxySendTimeoutMs: 15_000 }, /proxySendTimeoutMs is 15000/],
    [{ readLimitBytes: 2_000_000 }, /maxBufferedBytes is 1048576 and must be at least readLimitBytes/],
    [{ proxyHandshakeBurst: 5 }, /proxyHandshakeBurst is 5 and must be 0 while proxyHandshakesPerSec is 0/],
    [{ authRole: 'ws-user' }, /authRole is ws-user and must be empty while authIssuer is/],
    [
      { authIssuer: 'https://a.example', authJwksUrl: 'https://a.example/k' },
      /authAudience is empty and must/,
    ],
    [{ authIssuer: 'https://a.example', authAudience: 'b' }, /authJwksUrl is empty and must be set with/],
    [
      {
        authIssuer: 'https://a.example',
        authAudience: 'b',
        authJwksUrl: 'https://a.example/k',
        authByProxy: true,
      },
      /authByProxy is true and must be false with authIssuer/,
    ],
    [{ authIssuer: 'a.example' }, /authIssuer is "a.example"; wanted: a URL such as/],
    [{ authIssuer: 'https://a";' }, /authIssuer is "https:\/\/a\\";"; wanted: a URL/],
    [{ authAudience: 'a b' }, /authAudience is "a b"; wanted: letters, digits and/],
    [{ redisUrl: 'localhost:6379' }, /redisUrl is "localhost:6379"; wanted: a URL such as redis:/],
    [{ redisUrl: 'redis://a b' }, /redisUrl is "redis:\/\/a b"; wanted: a URL/],
    [{ socketioAdapter: 'cluster' }, /socketioAdapter is "cluster"; wanted: sharded or streams/],
    [{ longPolling: true }, /longPolling is true and maxConnections is 0; it must be above 0/],
    [{ pingPeriod: 5 }, /unknown setting "pingPeriod"; the settings are host, port/],
    [{ deflateLevel: 10 }, /deflateLevel is 10; wanted: at most 9/],
    [{ port: 1.5 }, /port is 1.5; wanted: a whole number/],
    [{ port: '8000' }, /port is "8000"; wanted: a whole number/],
    [{ path: 'ws' }, /path is "ws"; wanted: a path/],
  ])('refuses %j', (values, sentence) => {
    expect(() => parseConfig(values)).toThrow(sentence);
  });
});

test.each(['redis://127.0.0.1:6379', 'rediss://user:pass@redis.example:6380/2', 'redis://[::1]'])(
  '%s names a Redis',
  (redisUrl) => {
    expect(parseConfig({ redisUrl })).toMatchObject({ redisUrl });
  },
);

describe('environment and flags', () => {
  test('one naming rule for both', () => {
    expect(envName('pingPeriodMs')).toBe('WS_PING_PERIOD_MS');
    expect(flagName('pingPeriodMs')).toBe('--ping-period-ms');
  });

  test('a config survives the environment', () => {
    const config = parseConfig({
      originAllowList: ['https://a.example', 'https://b.example'],
      deflateContextTakeover: true,
    });
    expect(parseConfig(fromEnv(toEnv(config)))).toEqual(config);
    expect(Object.keys(toEnv(config))).toHaveLength(optionNames.length);
  });

  test.each([
    [
      { WS_PING_PERIOD_MS: '30s' },
      /WS_PING_PERIOD_MS is "30s"; wanted: a plain number of milliseconds, without a unit/,
    ],
    [{ WS_READ_LIMIT_BYTES: '64k' }, /wanted: a plain number of bytes/],
    [{ WS_PING: '1' }, /unknown environment variable WS_PING; the settings are WS_HOST/],
    [{ WS_DEFLATE_CONTEXT_TAKEOVER: 'yes' }, /wanted: true or false/],
  ])('refuses %j', (env, sentence) => {
    expect(() => fromEnv(env)).toThrow(sentence);
  });

  test('flags win over the environment, which wins over the file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'config.json');
    writeFileSync(file, JSON.stringify({ port: 1, maxConnections: 7, path: '/file' }));
    const config = loadConfig(['--config', file, '--port=3'], {
      WS_PORT: '2',
      WS_PATH: '/env',
      PATH: '/bin',
    });
    expect(config).toMatchObject({ port: 3, path: '/env', maxConnections: 7 });
  });

  test.each([
    [['--prot', '1'], /unknown option --prot; the options are --config, --host, --port/],
    [['--port'], /--port needs a value/],
    [['--config', '/nowhere.json'], /cannot read the config file \/nowhere.json/],
  ])('refuses %j', (argv, sentence) => {
    expect(() => loadConfig(argv, {})).toThrow(sentence);
  });
});

test('the tick is an eighth of the shortest wait, within bounds', () => {
  expect(tickMs(parseConfig())).toBe(1000);
  expect(tickMs({ pingPeriodMs: 200, pongWaitMs: 400, writeWaitMs: 300 })).toBe(25);
  expect(tickMs({ pingPeriodMs: 10, pongWaitMs: 20, writeWaitMs: 10 })).toBe(10);
});
