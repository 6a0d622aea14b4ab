import { commandPrefix } from '@ws-arena/contract/command-prefix';
import type { Target } from '@ws-arena/contract/targets';
import { type RunningRedis, startRedis } from '@ws-arena/infra/running-redis';
import type { Case } from '@ws-arena/results/trial';
import type { Session } from '../measure/session.ts';
import type { BenchConfig } from '../plan/bench-config.ts';
import type { Settings, SlicedLoad } from '../plan/loads.ts';
import { hasEnded } from './alive.ts';
import { besideNeighbour } from './beside-neighbour.ts';
import { Generator } from './generator.ts';
import { HttpGenerator } from './http-generator.ts';
import { httpSession, loadSession } from './open-session.ts';
import { overRedis, redisCarries } from './over-redis.ts';
import type { Pinning } from './pinning.ts';
import { type Fleet, ServedTarget, type Surroundings } from './served-target.ts';
import { TokenSource } from './token-source.ts';

/** Everything that runs while a run lasts: the generators and the targets, each started when it is first needed. */
export class Arena implements Surroundings {
  readonly config: BenchConfig;
  readonly pinning: Pinning;
  readonly interrupted: AbortSignal;
  readonly tokens = new TokenSource();
  readonly #served = new Map<string, ServedTarget>();
  readonly #fresh = new Set<ServedTarget>();
  readonly #open = new Map<Session, ServedTarget>();
  #generator: Generator | undefined;
  /** Loads neighbours. */
  #second: Generator | undefined;
  #http: HttpGenerator | undefined;
  #redis: RunningRedis | undefined;

  /** @param interrupted gives up what is being started. */
  constructor(config: BenchConfig, pinning: Pinning, interrupted: AbortSignal) {
    this.config = config;
    this.pinning = pinning;
    this.interrupted = interrupted;
  }

  /** The one load generator; a new one when the last has ended. */
  async generator(): Promise<Generator> {
    this.#generator = await this.#running(this.#generator);
    return this.#generator;
  }

  async #running(generator: Generator | undefined): Promise<Generator> {
    if (generator && !generator.ended) return generator;
    return Generator.start(commandPrefix(this.pinning.generator), this.interrupted);
  }

  /** The one process that makes HTTP requests. */
  #httpGenerator(): HttpGenerator {
    if (!this.#http || this.#http.ended)
      this.#http = new HttpGenerator(commandPrefix(this.pinning.generator));
    return this.#http;
  }

  /** The one Redis; started again on its port when it has ended, where its servers look for it. */
  async redis(): Promise<RunningRedis> {
    if (!this.#redis || hasEnded(this.#redis.pid)) {
      const { server } = this.pinning;
      const port = this.#redis?.port;
      this.#redis = await startRedis({
        ...(port !== undefined && { port }),
        ...(server !== undefined && { cpus: server }),
      });
    }
    return this.#redis;
  }

  /**
   * The running target with these settings; started, or started again when a process of it has ended.
   * @param fleet its instances, when they are not those of the run.
   */
  async served(
    target: Target,
    settings: Settings,
    fresh = false,
    { instances = this.config.instances, replaceable = false }: Fleet = {},
  ): Promise<ServedTarget> {
    const fleet = { instances, replaceable };
    const key = `${target.name} ${JSON.stringify(fleet)} ${JSON.stringify(settings)}`;
    const running = this.#served.get(key);
    if (!fresh && running?.alive) return running;
    if (running && !running.alive) await running.close(true);
    const served = await ServedTarget.start(target, settings, this, fleet);
    if (fresh) this.#fresh.add(served);
    else this.#served.set(key, served);
    return served;
  }

  /** The running target that a case needs, which checks tokens where the case has them. */
  async servedFor(
    one: Case,
    target: Target,
    settings: Settings,
    fresh = false,
    fleet?: Fleet,
  ): Promise<ServedTarget> {
    const tokens = await this.tokens.serverSettings(one);
    return this.served(target, { ...settings, ...tokens }, fresh, fleet);
  }

  /** Starts the target of a case where it does not run yet, and opens the way that its slices take. */
  async open(one: Case, target: Target, load: SlicedLoad): Promise<Session> {
    const redis = load.redis ? await this.redis() : undefined;
    const settings = { ...load.settings, ...(redis && { redisUrl: redis.url }) };
    const { instances } = load;
    const fleet = instances === undefined ? {} : { instances };
    const served = await this.servedFor(one, target, settings, false, fleet);
    served.hold(false);
    if (redis) await redisCarries(served.servers);
    const session = await this.#sessionOf(one, served, load);
    const close = async () => {
      this.#open.delete(opened);
      await session.close();
    };
    const opened: Session = { ...(redis ? overRedis(session, redis) : session), close };
    this.#open.set(opened, served);
    return opened;
  }

  async #sessionOf(one: Case, served: ServedTarget, load: SlicedLoad): Promise<Session> {
    if (one.scenario === 'http') return httpSession(this.#httpGenerator(), one, served);
    const own = await this.tokens.bearing(one, load.session);
    const session = await loadSession(await this.generator(), one, served, own);
    const { neighbour } = load;
    if (!neighbour) return session;
    try {
      this.#second = await this.#running(this.#second);
      const spec = await this.tokens.bearing(one, neighbour.session);
      return besideNeighbour(session, await loadSession(this.#second, one, served, spec), neighbour.load);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Stops every target that no session is open to, so that it does not disturb what is measured. @param but one that runs all the same. */
  stopIdle(but?: ServedTarget): void {
    const open = new Set(this.#open.values());
    for (const served of this.#all()) served.hold(served !== but && !open.has(served));
  }

  /** Every process that belongs to the run, this one included. */
  pids(): number[] {
    const generators = [this.#generator, this.#second].flatMap((one) => one?.pids ?? []);
    const others = [this.#http, this.#redis].flatMap((one) => one?.pid ?? []);
    return [process.pid, ...generators, ...others, ...this.#all().flatMap((served) => served.pids())];
  }

  /** Ends a target that nothing will be measured on any more. */
  async release(served: ServedTarget): Promise<void> {
    this.#fresh.delete(served);
    for (const [key, one] of this.#served) if (one === served) this.#served.delete(key);
    await served.close();
  }

  /** Ends everything; `now` does not wait for anything to drain. */
  async close(now: boolean): Promise<void> {
    const all = this.#all();
    this.#served.clear();
    this.#fresh.clear();
    const patienceMs = now ? 200 : 2000;
    await Promise.all([
      ...all.map((served) => served.close(now)),
      this.#redis?.stop(),
      this.#generator?.end(patienceMs),
      this.#second?.end(patienceMs),
      this.#http?.end(patienceMs),
    ]);
  }

  #all(): ServedTarget[] {
    return [...this.#served.values(), ...this.#fresh];
  }
}
