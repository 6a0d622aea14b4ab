import type { CliOption } from './cli-option.ts';

/** Where Redis is, when no `--redis` says it. */
export const REDIS_ENV = 'REDIS_URL';

/** The options of a fleet, in the order in which help prints them. */
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
    help: 'of `agent` and `observe`: what reports call it; otherwise host name and process id',
  },
  files: {
    group: 'Fleet',
    type: 'text',
    default: '.',
    value: 'FOLDER',
    help: 'of `agent`: where its scenario, payload and CA files are; a run names files, and never sends one',
  },
  observe: {
    group: 'Fleet',
    type: 'list',
    default: '',
    value: 'NAME',
    help: 'CPU and memory of a server, from the observer of that name (`loadgen observe`); may be repeated',
  },
  pid: {
    group: 'Fleet',
    type: 'list',
    default: '',
    value: 'PID',
    help: 'of `observe`: a process of the server; may be repeated',
  },
} as const satisfies Readonly<Record<string, CliOption>>;

/** What the commands of a fleet take. */
export const commandOptionNames = {
  agent: ['redis', 'name', 'files', 'json', 'help'],
  observe: ['redis', 'name', 'pid', 'help'],
} as const;
