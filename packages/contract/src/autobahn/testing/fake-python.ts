#!/usr/bin/env node
// Stands in for a Python 2.7 that has the Autobahn test suite: knows the two programs that the project runs in it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, program = '', , ...wstest] = process.argv.slice(2);

if (program.includes('get_distribution')) console.log('25.10.1');
else if (program.includes('wstest')) await fuzzingClient(wstest);

/** `wstest --mode fuzzingclient --spec FILE`: one connection to each server, and the suite's `index.json` of it. */
async function fuzzingClient(args: readonly string[]): Promise<void> {
  if (args[0] !== '--mode' || args[1] !== 'fuzzingclient' || args[2] !== '--spec')
    throw new Error(`got ${args}`);
  const spec = JSON.parse(readFileSync(args[3]!, 'utf8')) as {
    outdir: string;
    servers: { agent: string; url: string }[];
    cases: string[];
  };
  if (spec.cases.includes('0.0.0')) throw new Error('there is no case 0.0.0');
  const cases = spec.cases.includes('*') ? ['1.1.1', '1.1.2'] : spec.cases;
  const index: Record<string, unknown> = {};
  for (const { agent, url } of spec.servers) {
    const behavior = (await echoes(url, cases[0]!)) ? 'OK' : 'FAILED';
    const report = { behavior, behaviorClose: 'OK', duration: 1, remoteCloseCode: 1000 };
    index[agent] = Object.fromEntries(cases.map((id) => [id, { ...report, reportfile: `${id}.json` }]));
  }
  mkdirSync(spec.outdir, { recursive: true });
  writeFileSync(join(spec.outdir, 'index.json'), JSON.stringify(index, undefined, 3));
}

function echoes(url: string, text: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => socket.send(text));
  socket.addEventListener('message', ({ data }) => {
    resolve(data === text);
    socket.close(1000);
  });
  socket.addEventListener('error', () => resolve(false));
  return promise;
}
