import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from '@ws-arena/load/load-result';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import type { LoadCommand, LoadEvent } from '@ws-arena/load/protocol';
import { expect } from 'vitest';
import { cleanUps, stubbed } from './slices.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** `loadgen --serve` as a process. */
export class Served {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.child = spawn(process.execPath, [main, '--serve'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.#lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  tell(line: LoadCommand | string): void {
    this.child.stdin!.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  }

  run(spec: LoadSpec, id = 'a job'): void {
    this.tell({ do: 'run', id, spec });
  }

  async hear(): Promise<LoadEvent> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the generator ended');
    return JSON.parse(value) as LoadEvent;
  }

  /** The events up to the one of that name. */
  async upTo(name: LoadEvent['event']): Promise<LoadEvent[]> {
    const events = [await this.hear()];
    while (events.at(-1)!.event !== name) events.push(await this.hear());
    return events;
  }

  async result(): Promise<LoadResult> {
    const last = (await this.upTo('result')).at(-1)!;
    if (last.event !== 'result') throw new Error(last.event);
    return last.result;
  }

  async end(): Promise<number | null> {
    this.child.stdin!.end();
    return this.exited;
  }
}

/** A stub, a generator that is ready, and specs for it. Both are ended by `cleanUp`. */
export async function serving(): Promise<{ served: Served; job: (values: Partial<LoadSpec>) => LoadSpec }> {
  const { url } = await stubbed();
  const served = new Served();
  cleanUps.push(() => served.end());
  expect(await served.hear()).toEqual({ event: 'ready', pid: served.child.pid });
  const job = { ...defaultSpec, urls: [url], connections: 4, durationMs: 200 };
  return { served, job: (values) => ({ ...job, ...values }) };
}

/** The names of events, in order. */
export const names = (events: readonly LoadEvent[]) => events.map((event) => event.event);

export const hour = 3_600_000;
