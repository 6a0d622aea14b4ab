import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';
import { loadConfig } from '@ws-arena/config/parse-config';
import { UNAVAILABLE_EXIT_CODE } from '@ws-arena/server-interface/exit-code';
import { formatReadyLine } from '@ws-arena/server-interface/ready-line';
import { refuseSocketIoOnly } from './refuse-socket-io-only.ts';

/** The part of the grace, at most, that is for the exit itself. */
const EXIT_MS = 500;

/** A server that listens. */
export interface Service {
  readonly port: number;
  /** The package that runs, as the ready line names it. */
  readonly library: string;
  readonly version: string;
  /** Accepts nothing new and says 1001 to everybody; resolves when the last connection has ended. */
  drain(): Promise<void>;
}

/** How a process runs its server. */
export interface ProcessOptions {
  /** The target's name, as in packages/contract. */
  readonly target: string;
  /** Whether it speaks Socket.IO; any other refuses `longPolling` and `socketioAdapter`. */
  readonly isSocketIo?: boolean;
  /** Loads only the library, so that a native binary that does not fit this machine is not taken for an error of our code. */
  readonly library: () => Promise<unknown>;
  /**
   * Starts the server and resolves when it listens.
   * @throws ConfigError for a setting that the library cannot keep; an error with code EADDRINUSE for a port taken.
   */
  readonly start: (config: ServerConfig) => Promise<Service>;
}

/**
 * The life of a server process: settings, library, ready line, and a drain on SIGTERM or SIGINT that ends within
 * `shutdownGraceMs` with exit code 0. Exit code 2 for a wrong setting, 69 for a library that cannot load, 1 for the rest.
 */
export async function runProcess(options: ProcessOptions): Promise<void> {
  try {
    const config = loadConfig(process.argv.slice(2), process.env);
    if (!options.isSocketIo) refuseSocketIoOnly(config);
    try {
      await options.library();
    } catch (cause) {
      return fail(UNAVAILABLE_EXIT_CODE, `${options.target} cannot run here: ${sentenceOf(cause)}`);
    }
    const service = await options.start(config);
    let draining = false;
    const onSignal = () => {
      // A second signal changes nothing: its default would end the process undrained.
      if (!draining) void drain(service, config.shutdownGraceMs);
      draining = true;
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
    const { port, library, version } = service;
    console.log(
      formatReadyLine({
        target: options.target,
        port,
        pid: process.pid,
        library,
        version,
        runtime: runtime(),
      }),
    );
  } catch (error) {
    if (error instanceof ConfigError) return fail(2, error.message);
    fail(1, `${options.target} did not start: ${sentenceOf(error)}`);
  }
}

async function drain(service: Service, graceMs: number): Promise<void> {
  // Exiting ends what the grace has not: the kernel closes the sockets, and their peers see 1006. That takes a moment.
  setTimeout(() => process.exit(0), graceMs - Math.min(graceMs / 5, EXIT_MS)).unref();
  await service.drain();
  process.exit(0);
}

/** What runs this process; Bun says a version of Node.js too. */
function runtime(): string {
  const { bun, node } = process.versions;
  return bun === undefined ? `node ${node}` : `bun ${bun}`;
}

function fail(code: number, sentence: string): void {
  console.error(sentence);
  process.exit(code);
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.split('\n')[0]!;
}
