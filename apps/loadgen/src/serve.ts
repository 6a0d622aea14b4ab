import { createInterface } from 'node:readline';
import type { LoadEvent } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { endWorkers, runJob } from './job.ts';

/** One line on stdin: a job, or a word to the one under way. */
type Line = LoadSpec | { readonly go: true } | { readonly stop: true };

/**
 * Does jobs one after the other, a `LoadSpec` a line on stdin, and prints `LoadEvent`s as lines on stdout; the process
 * stays warm in between. Resolves when stdin ends, which is also what the death of the parent looks like.
 */
export async function serve(): Promise<void> {
  print({ event: 'ready', pid: process.pid });
  let job: ServedJob | undefined;
  let last = Promise.resolve();
  for await (const text of createInterface({ input: process.stdin })) {
    if (text.trim() === '') continue;
    const line = parse(text);
    if (!line) print({ event: 'error', message: `not a line of JSON: ${text.slice(0, 80)}` });
    else if ('go' in line) job?.go();
    else if ('stop' in line) job?.abort();
    else {
      const next = new ServedJob(line);
      last = last.then(() => {
        job = next;
        return next.run();
      });
    }
  }
  // Nobody is left to read a result: a job under way is given up.
  await endWorkers();
  process.exit(0);
}

class ServedJob {
  readonly #spec: LoadSpec;
  readonly #stop = new AbortController();
  #release: () => void = () => {};

  constructor(spec: LoadSpec) {
    this.#spec = spec;
  }

  go(): void {
    this.#release();
  }

  abort(): void {
    this.#stop.abort();
  }

  async run(): Promise<void> {
    try {
      const result = await runJob(this.#spec, {
        emit: print,
        go: () =>
          new Promise((resolve) => {
            this.#release = resolve;
          }),
        stop: this.#stop.signal,
      });
      print({ event: 'result', result });
    } catch (error) {
      print({ event: 'error', message: error instanceof Error ? error.message : String(error) });
    }
  }
}

function parse(text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Line) : undefined;
  } catch {
    return undefined;
  }
}

function print(event: LoadEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
