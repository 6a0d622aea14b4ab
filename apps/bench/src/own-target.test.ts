import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { certificateFiles } from '@ws-arena/infra/certificate';
import { nginxHere } from '@ws-arena/infra/testing/nginx-here';
import { parseRun, type Run } from '@ws-arena/results/run-file';
import { describe, expect, test } from 'vitest';
import { exampleConfig } from './commands/init-command.ts';
import { ownTargets } from './plan/arena-config.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const server = fileURLToPath(new URL('testing/own-server.ts', import.meta.url));
const hasProc = existsSync('/proc/self/stat');
if (!hasProc) console.warn('skipped: CPU and memory of a server of one’s own: no /proc here');

function configFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'own-')), 'arena.config.ts');
  writeFileSync(file, text);
  return file;
}

/** Runs the bench with a config file; `told` is all that it printed and stored. */
async function bench(
  config: string,
  ...args: string[]
): Promise<{ code: number; run: Run; stderr: string; told: string }> {
  const out = join(mkdtempSync(join(tmpdir(), 'run-')), 'run');
  const short = ['--preset', 'smoke', '--connections', '20', '--out', out];
  const child = spawn(process.execPath, [main, '--config', config, ...short, ...args]);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [stdout, [code]] = await Promise.all([textOf(child.stdout), once(child, 'close')]);
  if (!existsSync(join(out, 'run.jsonl'))) throw new Error(stderr);
  const files = readdirSync(out).map((name) => readFileSync(join(out, name), 'utf8'));
  const run = parseRun(readFileSync(join(out, 'run.jsonl'), 'utf8'));
  return { code, run, stderr, told: [stdout, stderr, ...files].join('\n') };
}

const scenariosOf = ({ header }: Run) => [...new Set(header.cases.map(({ scenario }) => scenario))].sort();

test('wss with its own certificate, a token, a subprotocol and acknowledgements in JSON: all it can do, with CPU', async () => {
  const { certificate, key } = await certificateFiles();
  const config = configFile(`export default {
  targets: {
    mine: {
      command: ['${process.execPath}', '${server}'],
      url: 'wss://127.0.0.1:{port}/chat',
      env: { CERTIFICATE: '${certificate}', KEY: '${key}' },
      token: 'let-me-in',
      subprotocols: ['chat.v1'],
      ca: '${certificate}',
      scenario: 'json',
      params: { message: '{"type":"say","id":"{slot}","text":"{content}"}', answer: 'ack' },
    },
  },
};
`);
  const all = 'load,echo,broadcast,connect,deflate,http,hold,limit';
  // The route through Nginx is asked for too, and left out with its reason.
  const { code, run, stderr, told } = await bench(
    config,
    '--targets',
    'mine',
    '--scenarios',
    all,
    '--routes',
    'direct,nginx',
  );
  expect(code, stderr).toBe(0);
  expect(told).not.toContain('let-me-in');
  expect(scenariosOf(run)).toEqual(['connect', 'echo', 'hold', 'limit', 'load']);
  for (const { load, usage, error } of run.slices) {
    expect(error).toBeUndefined();
    expect(load!.sent).toBeGreaterThan(0);
    expect(load).toMatchObject({ delivered: load!.sent, corrupted: 0 });
    if (hasProc) expect(usage!.server.cpuNs).toBeGreaterThan(0);
  }
  for (const { error, held, load, case: one } of run.trials) {
    expect(error).toBeUndefined();
    if (one.scenario === 'limit') expect(load!.limit!.largestBytes).toBeGreaterThan(65_536);
    else if (hasProc) expect(held!.at(-1)!.serverRssBytes).toBeGreaterThan(1e6);
  }
  expect(run.targets[0]!.notes).toEqual([
    'not measured: nginx: Nginx reaches servers by ws://, and this one wants wss://',
    'not measured: broadcast: rooms: true would say that ?room=NAME joins a room',
    'not measured: deflate: its compression is set by the contract',
    'not measured: http: GET /healthz is of the contract',
  ]);
}, 120_000);

test.each([
  ['is refused', [], 1],
  ['is taken with --insecure', ['--insecure'], 0],
] as const)('a certificate that nobody vouches for %s', async (_, more, wanted) => {
  const { certificate, key } = await certificateFiles();
  const config = configFile(
    `export default { targets: { mine: { command: ['${process.execPath}', '${server}'], url: 'wss://127.0.0.1:{port}/chat', env: { CERTIFICATE: '${certificate}', KEY: '${key}' }, token: 'let-me-in', subprotocols: ['chat.v1'], scenario: 'json', params: { message: '{"type":"say","id":"{slot}","text":"{content}"}', answer: 'ack' } } } }`,
  );
  const only = ['--targets', 'mine', '--scenarios', 'echo', '--routes', 'direct'];
  const { code, run, stderr } = await bench(config, ...only, ...more);
  expect(code, stderr).toBe(wanted);
  const errors = run.slices.flatMap(({ error }) => error ?? []);
  if (wanted === 0) expect(errors).toEqual([]);
  else expect(errors.join()).toContain('could be opened: tls: ');
});

const echo = `import { WebSocketServer } from 'ws';
new WebSocketServer({ port: Number(process.env.PORT), host: '127.0.0.1', path: '/here' }).on('connection', (peer) =>
  peer.on('message', (data, binary) => peer.send(data, { binary })));`;

/** A command whose server is a child of it, as with \`npm start\`. */
const wrapped = (code: string) =>
  `['sh', '-c', 'true; "${process.execPath}" --input-type=module -e "$SERVER"; true'], env: { SERVER: ${JSON.stringify(code)} }, cwd: '${fileURLToPath(new URL('..', import.meta.url))}'`;

test.skipIf(nginxHere === undefined)(
  'a server that the bench starts has Nginx before it, and the CPU of its children counts',
  async () => {
    const config = configFile(
      `export default { targets: { mine: { command: ${wrapped(echo)}, url: 'ws://127.0.0.1:{port}/here' } } }`,
    );
    const args = [
      '--targets',
      'mine,ws',
      '--scenarios',
      'load',
      '--routes',
      'direct,nginx',
      '--rates',
      '5000',
    ];
    const { code, run, stderr } = await bench(config, ...args);
    expect(code, stderr).toBe(0);
    const mine = run.slices.filter((slice) => run.header.cases[slice.case]!.target === 'mine');
    expect(new Set(mine.map((slice) => run.header.cases[slice.case]!.route))).toEqual(
      new Set(['direct', 'nginx']),
    );
    for (const { load, usage } of mine) {
      expect(load!.delivered).toBe(load!.sent);
      if (hasProc) expect(usage!.server.cpuNs).toBeGreaterThan(1e5);
    }
  },
  120_000,
);

test('a server that runs already: its usage is what its page says', async () => {
  const sockets = new (await import('ws')).WebSocketServer({ noServer: true });
  let cpuSeconds = 1;
  const http = createServer((_, response) => {
    cpuSeconds += 0.25;
    response.end(`process_cpu_seconds_total ${cpuSeconds}\nprocess_resident_memory_bytes 5000000\n`);
  });
  http.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peer.on('message', (data, binary) => peer.send(data, { binary }));
    }),
  );
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const config = configFile(
    `export default { targets: { mine: { url: 'ws://127.0.0.1:${port}/', metrics: 'http://127.0.0.1:${port}/metrics' } } }`,
  );
  const args = ['--targets', 'mine', '--scenarios', 'echo,hold', '--routes', 'direct,nginx'];
  const { code, run, stderr } = await bench(config, ...args);
  http.closeAllConnections();
  http.close();
  expect(code, stderr).toBe(0);
  for (const { usage } of run.slices) expect(usage!.server.cpuNs).toBeCloseTo(0.25e9, 0);
  expect(run.trials[0]!.held!.map((sample) => sample.serverRssBytes)).toEqual([5e6, 5e6, 5e6]);
  expect(stderr).toContain(
    'mine is not measured in nginx: Nginx stands before servers that the bench starts',
  );
}, 120_000);

describe('the config file', () => {
  test('that bench init writes is understood', async () => {
    const types = fileURLToPath(new URL('plan/arena-config.ts', import.meta.url));
    const [mine] = await ownTargets(configFile(exampleConfig(types)));
    expect(mine).toMatchObject({
      name: 'mine',
      launch: { kind: 'command', url: 'ws://127.0.0.1:{port}/chat' },
    });
  });

  test.each([
    ['export default { targets: { a: { url: "http://h" } } }', 'targets.a.url: wanted: ws://host:port/path'],
    ['export default { targets: { a: { url: "ws://h", tokn: "x" } } }', 'targets.a.tokn'],
    ['export default { targets: { a: { command: [], url: "ws://h" } } }', 'a has an empty command'],
    [
      'export default { targets: { a: { command: ["x"], url: "ws://h", pid: 1 } } }',
      'wanted: neither pid nor metrics',
    ],
    ['export const none = 1', 'the default export'],
  ])('%s is refused', async (text, message) => {
    await expect(ownTargets(configFile(text))).rejects.toThrow(message);
  });

  test('a server that ends, or takes no connection, is a row that says what it printed', async () => {
    const config = configFile(
      `export default { targets: { mine: { command: ['sh', '-c', 'echo no licence >&2; exit 3'], url: 'ws://127.0.0.1:{port}/' } } }`,
    );
    const { code, run } = await bench(
      config,
      '--targets',
      'mine,ws',
      '--scenarios',
      'echo',
      '--routes',
      'direct',
    );
    expect(code).toBe(1);
    expect(run.targets[0]!.reason).toContain('mine ended before it was ready (exit code 3): no licence');
  }, 60_000);
});
