import type { CourseSample } from '@ws-arena/results/trial';
import { metrics as names } from '@ws-arena/server-interface/metric-names';
import type { Way } from '../plan/tls-choice.ts';
import type { ServedTarget } from '../processes/served-target.ts';
import { residentBytes } from './proc.ts';

const SAMPLE_MS = 100;

/** Memory and connections of a target over the window of a job, sampled ten times a second. */
export class Course {
  readonly #served: ServedTarget;
  readonly #way: Way;
  readonly #samples: CourseSample[] = [];
  #timer: NodeJS.Timeout | undefined;
  #asking = false;

  constructor(served: ServedTarget, way: Way) {
    this.#served = served;
    this.#way = way;
  }

  begin(): void {
    const beganMs = performance.now();
    this.#timer = setInterval(() => void this.#sample(beganMs), SAMPLE_MS);
  }

  end(): readonly CourseSample[] {
    clearInterval(this.#timer);
    return this.#samples;
  }

  /** A server that does not answer in time is asked again with the next sample; one that has ended is named elsewhere. */
  async #sample(beganMs: number): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const atMs = performance.now() - beganMs;
    const proxy = this.#served.proxyOf(this.#way);
    const memory = {
      serverRssBytes: residentBytes(this.#served.serverPids()),
      ...(proxy && { proxyRssBytes: residentBytes(proxy.pids()) }),
    };
    try {
      const pages = await Promise.all(
        this.#served.servers.map(async ({ httpUrl }) => (await fetch(`${httpUrl}/metrics`)).text()),
      );
      const sum = (name: string) => pages.reduce((total, page) => total + sumOf(page, name), 0);
      const counts = { connections: sum(names.connections.name), cuts: sum(names.cuts.name) };
      this.#samples.push({ atMs, ...memory, ...counts });
    } catch {
      // See above.
    } finally {
      this.#asking = false;
    }
  }
}

/** The sum of a metric over its labels. */
function sumOf(page: string, name: string): number {
  const lines = page.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}
