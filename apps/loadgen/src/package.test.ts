import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startRedis } from '@ws-arena/infra/running-redis';
import { redisHere } from '@ws-arena/infra/testing/redis-here';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAllCameBack } from './testing/all-came-back.ts';
import { chatServer, type ProtocolServer } from './testing/protocol-servers.ts';
import { type StubServer, startStub } from './testing/stub-server.ts';

// The published form, as somebody has it who has Node.js and an empty folder.
const run = promisify(execFile);
const here = fileURLToPath(new URL('..', import.meta.url));
const short = '--duration 200ms --warmup 0s --rate 500 --connections 2';
let folder: string;
let tarball: string;
let stub: StubServer;
let chat: ProtocolServer;

beforeAll(async () => {
  execFileSync(process.execPath, ['build.ts'], { cwd: here, stdio: 'ignore' });
  folder = mkdtempSync(join(tmpdir(), 'packed-'));
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: join(here, 'dist'), stdio: 'ignore' });
  tarball = `./${readdirSync(folder).find((name) => name.endsWith('.tgz'))!}`;
  stub = await startStub();
  chat = await chatServer();
}, 120_000);
afterAll(async () => {
  await stub.stop();
  await chat.stop();
});

async function npx(line: string): Promise<string> {
  const { stdout } = await run('npx', ['--yes', tarball, ...line.split(' ')], { cwd: folder });
  return stdout;
}

test('the tarball holds what package.json says, and no source', () => {
  const list = execFileSync('tar', ['-tf', tarball], { cwd: folder, encoding: 'utf8' }).split('\n');
  for (const file of ['main.js', 'index.js', 'worker.js', 'README.md', 'LICENSE', 'result.schema.json'])
    expect(list).toContain(`package/${file}`);
  expect(list.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual(['package/examples/chat.ts']);
});

test('npx starts it; --json keeps to the schema', async () => {
  const output = JSON.parse(await npx(`--url ${stub.url} ${short} --json --fail-if lost>0`));
  expect(output.result.messages).toMatchObject({ offered: 100, lost: 0, corrupted: 0 });
  const validate = new Ajv({ strict: false }).compile(schema());
  expect(validate(output), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ ...output, result: { ...output.result, handshakes: 'many' } })).toBe(false);
}, 120_000);

test('several processes and a scenario file in TypeScript', async () => {
  cpSync(join(here, 'examples/chat.ts'), join(folder, 'chat.ts'));
  const line = `run chat.ts --url ${chat.url} --param user=ann ${short} --processes 2 --json`;
  const { result } = JSON.parse(await npx(line));
  expect(result.generator.processes).toBe(2);
  expect(result.messages).toMatchObject({ offered: 100, lost: 0, corrupted: 0 });
  expect(result.messages.delivered).toBeGreaterThan(0);
}, 120_000);

test.runIf(redisHere)(
  'an agent and a run of a fleet',
  async () => {
    const redis = await startRedis();
    const agent = spawn(process.execPath, [join(here, 'dist/main.js'), 'agent', '--redis', redis.url]);
    const ended = once(agent, 'close');
    const line = `--agents 1 --redis ${redis.url} --url ${stub.url} ${short} --json`;
    const output = JSON.parse(await npx(line));
    expectAllCameBack(output.result, 100);
    expect(output.result.generator.agents).toHaveLength(1);
    const validate = new Ajv({ strict: false }).compile(schema());
    expect(validate(output), JSON.stringify(validate.errors)).toBe(true);
    agent.kill('SIGTERM');
    await ended;
    await redis.stop();
  },
  120_000,
);

test('a program imports it, with types', async () => {
  await run('npm', ['install', '--no-audit', '--no-fund', '--offline', tarball], { cwd: folder });
  const text = `import { run, type RunOutput } from 'ws-arena-loadgen';
const output: RunOutput = await run({ urls: ['${stub.url}'], durationMs: 100, failIf: ['lost>0'] });
console.log(JSON.stringify(output));`;
  writeFileSync(join(folder, 'program.ts'), text);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const { stdout } = await run(process.execPath, ['program.ts'], { cwd: folder });
  const output = JSON.parse(stdout);
  expect(output.rules).toEqual([{ rule: 'lost>0', value: 0, failed: false }]);
  const validate = new Ajv({ strict: false }).compile(schema());
  expect(validate(output), JSON.stringify(validate.errors)).toBe(true);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--typeRoots'];
  const types = join(here, 'node_modules/@types');
  await run('tsc', [...options, types, '--types', 'node', '--ignoreConfig', 'program.ts', 'chat.ts'], {
    cwd: folder,
  });
}, 120_000);

function schema(): object {
  return JSON.parse(readFileSync(join(here, 'result.schema.json'), 'utf8'));
}
