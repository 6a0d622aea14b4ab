import { parseArgs } from 'node:util';
import { plainEcho, type StubBehaviour } from './testing/stub-behaviour.ts';
import { startStub } from './testing/stub-server.ts';

/*
 * The stub as a process of its own, for `pnpm bench selftest`: `--freeze-ms 1000 --freeze-at-ms 4000`, `--drop-one-in 10`
 * and the other fields of StubBehaviour. It prints {"ready":true,"port":…,"pid":…}, and what it did at SIGTERM.
 */
const flagOf = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
const names = Object.keys(plainEcho) as (keyof StubBehaviour)[];

try {
  const { values } = parseArgs({
    options: Object.fromEntries(
      ['host', 'port', ...names].map((n) => [flagOf(n), { type: 'string' as const }]),
    ),
  });
  const number = (name: string): number => {
    const text = values[flagOf(name)];
    if (text === undefined) return 0;
    if (!/^\d+(\.\d+)?$/.test(String(text))) {
      throw new TypeError(`--${flagOf(name)} is ${JSON.stringify(text)}; wanted: a plain number`);
    }
    return Number(text);
  };
  const behaviour = Object.fromEntries(names.map((name) => [name, number(name)]));
  const stub = await startStub(behaviour, String(values.host ?? '127.0.0.1'), number('port'));
  process.stdout.write(`${JSON.stringify({ ready: true, port: stub.port, pid: process.pid })}\n`);
  process.once('SIGTERM', () => {
    process.stdout.write(`${JSON.stringify({ counts: stub.counts })}\n`);
    void stub.stop();
  });
} catch (error) {
  process.stderr.write(`stub: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
