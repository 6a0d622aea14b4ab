import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { commandPrefix } from '@ws-arena/contract/command-prefix';
import { freePort } from '@ws-arena/infra/free-port';
import type { ProtocolServer } from './protocol-servers.ts';

const run = promisify(execFile);
/** What it logs when it takes connections. */
const ACTIVE = 'AMQ221007';

/** The broker Apache Artemis as a process: STOMP and MQTT over WebSocket on one port, for the user `ann`. @param home its folder. */
export async function artemisServer(home: string): Promise<ProtocolServer> {
  const port = await freePort('127.0.0.1');
  const folder = await mkdtemp(join(tmpdir(), 'artemis-'));
  const instance = join(folder, 'broker');
  const login = ['--user', 'ann', '--password', 'secret', '--require-login'];
  const only = ['amqp-acceptor', 'hornetq-acceptor', 'mqtt-acceptor', 'stomp-acceptor', 'web', 'autotune'];
  const small = ['--silent', '--nio', '--disable-persistence', ...only.map((name) => `--no-${name}`)];
  const where = ['--host', '127.0.0.1', '--default-port', String(port)];
  await run(join(home, 'bin/artemis'), ['create', instance, ...login, ...small, ...where]);
  const [command, ...args] = [...commandPrefix(), join(instance, 'bin/artemis'), 'run'];
  const env = { ...process.env, JAVA_ARGS: '-Xmx512m -XX:+UseSerialGC' };
  const child = spawn(command!, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => line.includes(ACTIVE) && resolve());
    void exited.then(([code]) => reject(new Error(`Artemis ended with exit code ${code}`)));
  });
  return {
    url: `ws://127.0.0.1:${port}/`,
    async stop() {
      child.kill();
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}
