// The article's sessions with real clients, as they are documented in docs/nginx.md.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { describe, type TestContext, test } from 'vitest';
import { certificateFiles } from './certificate.ts';
import { nginxHere } from './testing/nginx-here.ts';
import { proxied } from './testing/proxied.ts';

const tls = { ...(await certificateFiles()), versions: ['TLSv1.2', 'TLSv1.3'], sessionReuse: true } as const;
const wscat = createRequire(import.meta.url).resolve('wscat/bin/wscat');

/** A client in a process of its own, ended with the test; `saw` resolves when a line of its output has matched. */
function session(test: Pick<TestContext, 'onTestFinished'>, command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const look = new Set<() => void>();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      for (const each of look) each();
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  test.onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const saw = (wanted: (line: string) => boolean) =>
    new Promise<void>((resolve, reject) => {
      const each = () => lines.some(wanted) && resolve();
      look.add(each);
      void exited.then((code) => reject(new Error(`ended with ${code}: ${lines.join('\n').slice(0, 500)}`)));
      each();
    });
  return { saw, type: (text: string) => child.stdin.write(`${text}\n`) };
}

describe.runIf(nginxHere)('wscat -n -c wss://… -P', () => {
  test('connects through Nginx over TLS, shows the pings, sends what is typed and shows the echo', async (t) => {
    const { proxy } = await proxied(t, { tls, pingPeriodMs: 100 });
    const client = session(t, process.execPath, [wscat, '-n', '-c', proxy.url, '-P']);
    await client.saw((line) => /Received ping/.test(line));
    client.type('hello');
    // The prompt, then what came back; what is typed is not shown without a terminal.
    await client.saw((line) => /^> hello$/.test(line));
  });

  test('without -n refuses the self-signed certificate', async (t) => {
    const { proxy } = await proxied(t, { tls });
    const client = session(t, process.execPath, [wscat, '-c', proxy.url]);
    await client.saw((line) => /error: .*(self-signed|unable to verify)/i.test(line));
  });
});

const websocatMissing = spawnSync('websocat', ['--version']).error;
if (websocatMissing) {
  console.warn('skipped: websocat: it is not installed (`cargo install websocat`)');
}

describe.runIf(nginxHere && !websocatMissing)('websocat -k -B 200000 wss://…', () => {
  test('sends a message of 100 KB and gets it back whole', async (t) => {
    const { proxy } = await proxied(t, { tls });
    const client = session(t, 'websocat', ['-k', '-B', '200000', proxy.url]);
    const big = randomBytes(76_800).toString('base64');
    client.type(big);
    await client.saw((line) => line === big);
  });
});
