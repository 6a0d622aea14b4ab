import type { CliOption } from './cli-option.ts';

/** Where Redis is, when no `--redis` says it. */
export const REDIS_ENV = 'REDIS_URL';

/** The options of a fleet, in the order in which help prints them; `loadgen agent` takes some of them, and no others. */
export const fleetOptions = {
  agents: {
    group: 'Fleet',
    type: 'text',
    default: '',
    value: 'N|all',
    help: 'do it on N agents (`loadgen agent`), or on all that wait, which share connections and rate; --processes is of each',
  },
  redis: {
    group: 'Fleet',
    type: 'text',
    default: '',
    value: 'URL',
    help: `redis:// or rediss:// (TLS) address where run and agents meet; otherwise ${REDIS_ENV} of the environment`,
  },
  'agents-wait': {
    group: 'Fleet',
    type: 'duration',
    default: '60s',
    value: 'TIME',
    help: 'longest wait for the agents',
  },
  'clock-bound': {
    group: 'Fleet',
    type: 'duration',
    default: '50ms',
    value: 'TIME',
    help: "how far an agent's clock may be off that of Redis",
  },
  name: {
    group: 'Fleet',
    type: 'text',
    default: '',
    value: 'NAME',
    help: 'of `agent`: what reports call it; otherwise host name and process id',
  },
  files: {
    group: 'Fleet',
    type: 'text',
    default: '.',
    value: 'FOLDER',
    help: 'of `agent`: where its scenario, payload and CA files are; a run names files, and never sends one',
  },
} as const satisfies Readonly<Record<string, CliOption>>;

/** What the command `agent` takes. */
export const agentOptionNames = ['redis', 'name', 'files', 'json', 'help'] as const;
