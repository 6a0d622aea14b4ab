import { mkdtempSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { oneInN } from '../testing/one-in-n.ts';
import { type StubServer, startStub } from '../testing/stub-server.ts';
import { type Ended, Tool } from '../testing/tool.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

let stub: StubServer | undefined;
afterEach(async () => {
  await stub?.stop();
  stub = undefined;
});

/** What it says once in a second: on a busy machine that is sooner than a test expects. */
const PROGRESS = /^(connecting|warming up|measuring|draining) \d+s, .*\n/gm;

/** The tool as a process. */
async function loadgen(line: string, onStarted?: (interrupt: () => void) => void): Promise<Ended> {
  const tool = new Tool(line);
  onStarted?.(() => tool.interrupt());
  const ended = await tool.ended;
  return { ...ended, err: ended.err.replaceAll(PROGRESS, '') };
}

const short = '--duration 200ms --warmup 0s --drain 200ms';

describe('the tool as a process', () => {
  test('measures a server, prints the summary, and exits 0', async () => {
    stub = await startStub();
    const ended = await loadgen(`--url ${stub.url} --connections 3 --rate 500 ${short} --fail-if lost>0`);
    expect(ended.code).toBe(0);
    const [, sent, delivered] = /100 offered, (\d+) sent, (\d+) delivered/.exec(ended.out)!.map(Number);
    expect(delivered).toBe(sent);
    expect(ended.out).toMatch(/^ok +lost>0: is 0$/m);
    expect(stub.counts.received).toBe(sent);
  });

  test('--json is the whole result; --hdr is the distribution; a rule that holds exits 3', async () => {
    stub = await startStub({ dropOneIn: 10 });
    const file = join(mkdtempSync(join(tmpdir(), 'loadgen-')), 'latency.hgrm');
    const ended = await loadgen(
      `${stub.url} --rate 500 ${short} --json --hdr ${file} --fail-if lost>0 --fail-if lost>10`,
    );
    expect(ended.code).toBe(3);
    const json = JSON.parse(ended.out);
    const { sent, delivered, lost } = json.result.messages;
    expect(lost).toBe(oneInN(sent, 10));
    expect(delivered).toBe(sent - lost);
    expect(json.percentilesNs.latency.count).toBe(delivered);
    expect(json.spec.load).toMatchObject({ kind: 'open', ratePerSec: 500 });
    expect(json.rules.map((rule: { failed: boolean }) => rule.failed)).toEqual([true, false]);
    expect(Number(/Total count +=\s+(\d+)\]/.exec(readFileSync(file, 'utf8'))?.[1])).toBe(delivered);
  });

  test('receives what a server pushes', async () => {
    stub = await startStub({ pushEveryMs: 20 });
    const ended = await loadgen(`${stub.url} --push --connections 2 ${short} --json`);
    const { result } = JSON.parse(ended.out);
    expect(result.messages.sent).toBe(0);
    expect(result.messages.delivered).toBeGreaterThan(0);
    expect(result.messages.delivered).toBeLessThanOrEqual(stub.counts.pushed);
  });

  test('counts handshakes', async () => {
    stub = await startStub();
    const ended = await loadgen(`${stub.url} --handshakes --rate 100 ${short} --json`);
    const { result } = JSON.parse(ended.out);
    expect(result.messages.offered).toBe(20);
    expect(result.handshakes).toBeGreaterThan(0);
    expect(result.handshakes).toBe(stub.counts.connections);
  });

  test.each([1, 2])(
    'Ctrl-C with %i processes keeps and prints what was measured',
    async (processes) => {
      stub = await startStub();
      const { url, counts } = stub;
      const options = `--connections 4 --rate 200 --duration 1h --warmup 0s --processes ${processes}`;
      let interrupt = () => {};
      const job = loadgen(`${url} ${options}`, (given) => {
        interrupt = given;
      });
      await expect.poll(() => counts.received, { timeout: 20_000 }).toBeGreaterThan(20);
      interrupt();
      const ended = await job;
      expect(ended.err).toContain('stopping; what was measured until now follows');
      expect(ended.code).toBe(0);
      expect(Number(/(\d+) delivered/.exec(ended.out)?.[1])).toBeGreaterThan(0);
      expect(ended.out).toContain('stopped-early');
    },
    30_000,
  );
});

describe('exit code 1 behind what was measured', () => {
  test('answers that the scenario does not find', async () => {
    stub = await startStub();
    const ended = await loadgen(`run json --url ${stub.url} --param answer=ack --rate 100 ${short}`);
    expect(ended.err).toMatch(
      /no answer was found in the \S+ bytes that came back: (\d+) of \1 messages were lost/,
    );
    expect(ended.code).toBe(1);
  });

  test.each([
    ['everything lost', { dropOneIn: 1 }, '--rate 100', /nothing came back: (\d+) of \1 messages were lost/],
    [
      'everything lost by a closed loop',
      { dropOneIn: 1 },
      '',
      /nothing came back: 1 of 1 messages were lost/,
    ],
    ['a feed that is mute', {}, '--push', /the server sent no message/],
    [
      'a server that takes no message',
      { dropOneIn: 1 },
      '--limit 100',
      /no message came back, not even one of 1 byte/,
    ],
  ])('%s', async (_, behaviour, options, sentence) => {
    stub = await startStub(behaviour);
    const ended = await loadgen(`${stub.url} ${options} ${short}`);
    expect(ended.err).toMatch(sentence);
    expect(ended.code).toBe(1);
    expect(ended.out).toMatch(/^connections +\d+ opened/m);
  });

  test('handshakes that were refused', async () => {
    stub = await startStub({ acceptFirst: 3 });
    const ended = await loadgen(`${stub.url} --handshakes --rate 100 ${short}`);
    expect(ended.err).toMatch(/^loadgen: \d+ of \d+ handshakes failed$/m);
    expect(ended.code).toBe(1);
  });

  test('no message sent, because the server ended every connection', async () => {
    stub = await startStub({ pushEveryMs: 1, closeAfter: 1 });
    const ended = await loadgen(`${stub.url} --rate 1000 --duration 300ms --warmup 1s --drain 0s`);
    expect(ended.err).toContain('loadgen: no message was sent; offered were 300\n');
    expect(ended.code).toBe(1);
  });

  test('a rule about failed handshakes decides in their place', async () => {
    stub = await startStub();
    const options = `${stub.url} ws://127.0.0.1:1/ --connections 2 --rate 200 ${short}`;
    expect((await loadgen(options)).code).toBe(1);
    expect((await loadgen(`${options} --fail-if failed>1`)).code).toBe(0);
    expect((await loadgen(`${options} --fail-if failed>0`)).code).toBe(3);
  });
});

test('no output shows a token, neither JSON nor summary nor error', async () => {
  stub = await startStub();
  const secret = 'hunter2hunter2';
  const options = `--token ${secret} --header Authorization:${secret} --header X-Api-Key:${secret}`;
  const runs = [
    `${stub.url}?access_token=${secret} ${options} --rate 100 ${short} --json`,
    `${stub.url}?access_token=${secret} ${options} --rate 100 ${short}`,
    `ws://127.0.0.1:1/?access_token=${secret} ${options} --rate 100`,
    `http://h/?access_token=${secret}`,
    `ws://h/ --header Authorization=${secret}`,
  ];
  const codes: unknown[] = [];
  for (const line of runs) {
    const { code, out, err } = await loadgen(line);
    codes.push(code);
    expect(out + err).not.toContain(secret);
  }
  expect(codes).toEqual([0, 0, 1, 2, 2]);
});

describe('what goes wrong is one sentence on stderr', () => {
  test.each([
    ['ws://host.invalid/ --rate 1', 1, /^loadgen: the host host\.invalid does not resolve \(\w+\)\n$/],
    [
      'ws://127.0.0.1:1/ --rate 1',
      1,
      /^loadgen: no connection to ws:\/\/127\.0\.0\.1:1\/ could be opened: refused\n$/,
    ],
    [
      'ws://127.0.0.1:1/ --rate 1 --connections 5 --processes 2',
      1,
      /^loadgen: no connection to ws:\/\/127\.0\.0\.1:1\/ could be opened: refused \(5 times\)\n$/,
    ],
    ['ws://127.0.0.1:1/ --handshakes --duration 10ms --warmup 0s', 1, /could be opened: refused( .*)?\n$/],
    ['ws://127.0.0.1:1/ --limit 1', 1, /could be opened: refused\n$/],
    [
      'ws://127.0.0.1:1/ --rate 1 --source-address 192.0.2.1',
      1,
      /could be opened: the source address is none of this machine\n$/,
    ],
    ['--rate 1', 2, /^loadgen: no --url was given; wanted: ws:\/\/host:port\/path or wss:\/\/…\n$/],
    ['ws://h/ --speed 1', 2, /^loadgen: unknown option --speed; the options are .*\n$/],
    ['ws://h/ --payload file --file /nowhere', 1, /^loadgen: cannot read the payload file \/nowhere: .*\n$/],
    [
      'ws://127.0.0.1:1/ --connections 10M --rate 1',
      1,
      /^loadgen: 10000000 connections need \d+ generator processes.*\n$/,
    ],
  ])('%s', async (line, code, sentence) => {
    const ended = await loadgen(line);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toMatch(sentence);
  });

  test('a server that refuses the upgrade: its status is said', async () => {
    stub = await startStub({ refuseStatus: 404 });
    const ended = await loadgen(`${stub.url} --rate 1`);
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/could be opened: status 404 instead of 101\n$/);
  });

  test('a server that speaks another protocol: its first line is said at once', async () => {
    const mail = createServer((socket) => {
      socket.on('error', () => {}).write('220 mail.example ESMTP\r\n');
    });
    await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve));
    const { port } = mail.address() as AddressInfo;
    const ended = await loadgen(`ws://127.0.0.1:${port}/ --rate 1 --connect-timeout 1h`);
    mail.close();
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/could be opened: not HTTP: "220 mail\.example ESMTP"\n$/);
  });

  test('a process none of whose connections opens does not lose what the others measure', async () => {
    stub = await startStub();
    const options = `--connections 2 --processes 2 --rate 200 ${short} --json`;
    const ended = await loadgen(`${stub.url} ws://127.0.0.1:1/ ${options}`);
    expect(ended.code).toBe(1);
    expect(ended.err).toContain('loadgen: 1 of 2 handshakes failed\n');
    const { connections, messages } = JSON.parse(ended.out).result;
    expect(connections).toMatchObject({ opened: 1, failed: { refused: 1 } });
    expect(messages).toMatchObject({ offered: 40, lost: 0 });
    expect(messages.delivered).toBeGreaterThan(0);
    expect(messages.delivered).toBeLessThanOrEqual(20);
  });

  test('a file that cannot be written is said behind what was measured', async () => {
    stub = await startStub();
    const ended = await loadgen(`${stub.url} --rate 100 ${short} --hdr /nowhere/latency.hgrm`);
    expect(ended.code).toBe(1);
    expect(ended.out).toMatch(/20 offered/);
    expect(ended.err).toMatch(
      /^loadgen: cannot write the file of --hdr \/nowhere\/latency\.hgrm: ENOENT.*\n$/,
    );
  });

  test('a rate that cannot be reached: the warning says so, and what was reached is printed', async () => {
    stub = await startStub();
    const ended = await loadgen(`${stub.url} --rate 100M --duration 100ms --warmup 0s --drain 0s`);
    expect(ended.code).toBe(0);
    const [offered, sent] = /([\d,]+) offered, ([\d,]+) sent/
      .exec(ended.out)!
      .slice(1)
      .map((text) => Number(text!.replaceAll(',', '')));
    expect(sent).toBeLessThan(offered!);
    expect(ended.out).toMatch(/^warning +behind-schedule: /m);
  });
});
