/** The agents that do a job. */
export interface FleetOptions {
  /** `redis://` or `rediss://`; a password in it is shown nowhere. */
  readonly redisUrl: string;
  /** So many, or all that wait there by then: as soon as their number has not changed for 5 s. */
  readonly agents: number | 'all';
  /** Names of the observers (`loadgen observe`) that are to tell what servers used meanwhile. */
  readonly observers?: readonly string[];
  /** How long to wait for the agents, in milliseconds. */
  readonly waitMs: number;
  /** How far the clock of an agent may be off that of Redis, in milliseconds. */
  readonly clockBoundMs: number;
  /** One sentence about each agent that comes. */
  say?(text: string): void;
}

/** `1 agent`, `4 agents`. */
export function agentsWord(count: number): string {
  return `${count} agent${count === 1 ? '' : 's'}`;
}
