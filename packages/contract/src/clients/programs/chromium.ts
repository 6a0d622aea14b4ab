// The WebSocket of a page in Chromium, whose path is the argument. Reads tasks from stdin, a line each.
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { exchange, type Task } from './exchange.ts';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const browser = await chromium.launch({ executablePath: process.argv[2]!, args: quiet });
const page = await browser.newPage();
for await (const line of createInterface({ input: process.stdin })) {
  const [url, kind, base64] = line.split('\t') as [string, Task['kind'], string];
  // A page of the same address: one of about:blank may not reach the loopback network.
  const home = new URL('/healthz', url.replace('ws:', 'http:')).href;
  if (page.url() !== home) await page.goto(home);
  console.log(await page.evaluate(exchange, { url, kind, base64 }));
}
await browser.close();
