import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parseConfig } from '@ws-arena/config/parse-config';
import { eachAtOnce } from '../each-at-once.ts';
import { type RunningServer, startServer } from '../running-server.ts';
import { residentBytes } from '../suite/memory.ts';
import { readMetrics } from '../suite/metrics-text.ts';
import { Peer } from '../suite/peer.ts';
import { keptLevel } from '../suite/suite-configs.ts';
import type { Target } from '../targets.ts';
import type { Attack } from './attack.ts';
import type { Prey } from './make-attack.ts';
import { runAttack } from './run-attack.ts';

/** Attackers at work at once. */
const AT_ONCE = 32;
/** How long anything may take that an unharmed server does at once, on a machine that is busy, in milliseconds. */
const PATIENCE_MS = 30_000;
/** More than attackers at once: a session of long-polling outlives its request. */
const MAX_SESSIONS = 100_000;
/** Descriptors that requests for metrics, and the system, may keep open. */
const SPARE_DESCRIPTORS = 8;

/** Whether a server compresses, and keeps its window between messages. */
export type Deflate = 'off' | 'on' | 'takeover';

/** The ways in which `target` can be run. */
export function deflates({ capabilities }: Target): readonly Deflate[] {
  if (capabilities.deflateLevels.length === 0) return ['off'];
  return capabilities.deflateContextTakeover ? ['off', 'on', 'takeover'] : ['off', 'on'];
}

/** What attacks did to a server. */
export interface Harm {
  /**
   * `died`: the process ended. `panicked`: it caught a fault of its own. `mute`: a healthy client gets no echo. `leak`:
   * connections of attackers that left are kept. `growth`: its memory grows.
   */
  readonly kind: 'died' | 'panicked' | 'mute' | 'leak' | 'growth';
  readonly sentence: string;
}

/** A server under attack, and a healthy client beside the attackers. */
export class Victim {
  readonly server: RunningServer;
  readonly prey: Prey;
  readonly #deflate: boolean;
  readonly #descriptors: number;
  readonly #healthy: Peer;
  readonly #patienceMs: number;
  #echoes = 0;

  private constructor(server: RunningServer, prey: Prey, healthy: Peer, patienceMs: number) {
    this.server = server;
    this.prey = prey;
    this.#deflate = prey.deflate;
    this.#healthy = healthy;
    this.#patienceMs = patienceMs;
    this.#descriptors = descriptors(server.pid);
  }

  /** @throws TargetUnavailable when the target cannot run here. */
  static async start(target: Target, mode: Deflate, patienceMs = PATIENCE_MS): Promise<Victim> {
    const deflate = mode !== 'off';
    const config = parseConfig({
      port: 0,
      deflateLevel: deflate ? keptLevel(target.capabilities) : 0,
      deflateContextTakeover: mode === 'takeover',
      ...(deflate && target.capabilities.longPolling && { longPolling: true, maxConnections: MAX_SESSIONS }),
      writeWaitMs: 5000,
      handshakeTimeoutMs: 5000,
      shutdownGraceMs: 5000,
      drainSpreadMs: 0,
    });
    const server = await startServer(target, config, { startTimeoutMs: 60_000 });
    const prey = { dialect: target.capabilities.wire, path: config.path, deflate };
    return new Victim(server, prey, await connect(server, deflate), patienceMs);
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    this.#healthy.raw.destroy();
    await this.server.kill();
  }

  /** Resident memory in bytes; 0 where there is no /proc. */
  residentBytes(): number {
    return residentBytes(this.server.pid);
  }

  /** Lets `attacks` go, some at once, and says what harm they did. */
  async suffer(attacks: readonly Attack[]): Promise<Harm | undefined> {
    await eachAtOnce(attacks, AT_ONCE, (attack) => runAttack(this.server.port, attack));
    const mute = await this.#mute();
    return (mute && (await this.#death())) ?? this.#panic() ?? mute;
  }

  /** Whether the server still holds what attackers left, when it has had time to see that they are gone. */
  async leak(): Promise<Harm | undefined> {
    const deadline = performance.now() + this.#patienceMs;
    for (;;) {
      const connections = (await readMetrics(this.server)).get('ws_connections');
      const open = descriptors(this.server.pid);
      if (connections === 1 && open <= this.#descriptors + SPARE_DESCRIPTORS) return undefined;
      if (performance.now() < deadline) {
        await setTimeout(50);
        continue;
      }
      const sentence = `${this.#patienceMs} ms after the last attacker left, ws_connections is ${connections} with one client there, and ${open} descriptors are open, ${this.#descriptors} before the first attack`;
      return { kind: 'leak', sentence };
    }
  }

  async #mute(): Promise<Harm | undefined> {
    try {
      await this.#echo(this.#healthy);
      const another = await connect(this.server, this.#deflate);
      await this.#echo(another);
      another.raw.destroy();
      return undefined;
    } catch (error) {
      return { kind: 'mute', sentence: `a healthy client gets no echo: ${(error as Error).message}` };
    }
  }

  async #echo(peer: Peer): Promise<void> {
    this.#echoes += 1;
    const word = `echo ${this.#echoes}`;
    peer.messages.length = 0;
    peer.raw.frames.length = 0;
    peer.say(word, { compressed: this.#deflate });
    const echoed = () => peer.messages.some(({ data }) => data.equals(Buffer.from(word)));
    await peer.raw.until('an echo', () => echoed() || peer.raw.ended, this.#patienceMs);
    if (!echoed()) throw new Error(`its connection ended, close code ${peer.closeCode ?? 1006}`);
  }

  /** Its clients hear of a death before its parent does. */
  async #death(): Promise<Harm | undefined> {
    const ending = await Promise.race([this.server.exited, setTimeout(this.#patienceMs)]);
    if (!ending) return undefined;
    const how = ending.signal ?? `exit code ${ending.code}`;
    return { kind: 'died', sentence: `the process ended (${how}): ${this.server.stderr()}` };
  }

  #panic(): Harm | undefined {
    const said = this.server.stderr();
    return /\bpanic\b/i.test(said) ? { kind: 'panicked', sentence: said } : undefined;
  }
}

async function connect(server: RunningServer, deflate: boolean): Promise<Peer> {
  return Peer.open(server, deflate ? { offer: 'permessage-deflate' } : {});
}

/** Descriptors that a process has open; 0 where there is no /proc. */
function descriptors(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
