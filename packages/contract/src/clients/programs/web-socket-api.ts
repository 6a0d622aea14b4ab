// The WebSocket of the runtime that runs this: Node.js or Bun. Reads tasks from stdin, a line each.
import { createInterface } from 'node:readline';
import { exchange, type Task } from './exchange.ts';

for await (const line of createInterface({ input: process.stdin })) {
  const [url, kind, base64] = line.split('\t') as [string, Task['kind'], string];
  console.log(await exchange({ url, kind, base64 }));
}
