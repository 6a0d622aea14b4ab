import { existsSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_CONFIG } from '../plan/arena-config.ts';
import { parseOwnOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import type { Command } from './command.ts';

/** `pnpm bench init`: a config file with comments, to be changed. */
export const initCommand: Command = {
  name: 'init',
  usage: 'init [--out FILE]',
  about: `write ${DEFAULT_CONFIG}, in which you name servers of your own`,
  run: async (argv) => {
    const { out = DEFAULT_CONFIG } = parseOwnOptions(argv, ['out']);
    const path = resolve(out);
    if (existsSync(path))
      throw new UsageError(`${path} exists already; remove it, or give another name with --out FILE`);
    const types = fileURLToPath(new URL('../plan/arena-config.ts', import.meta.url));
    const from = relative(resolve(path, '..'), types);
    writeFileSync(path, exampleConfig(from.startsWith('.') ? from : `./${from}`));
    process.stdout.write(`wrote ${path}; change it, then: pnpm bench --targets ws,mine\n`);
    return 0;
  },
};

/** The example; `types` is where the type of it is imported from. */
export function exampleConfig(types: string): string {
  return `import type { ArenaConfig } from '${types}';

export default {
  targets: {
    // A server that the bench starts: everything is measured of it. {port} is a free port, also PORT in its environment.
    mine: {
      command: ['node', 'server.js', '--port', '{port}'],
      url: 'ws://127.0.0.1:{port}/chat',
      // cwd: '../my-server', env: { LOG: 'off' },
      // headers: { 'X-Tenant': 'seven' }, subprotocols: ['chat.v1'], token: process.env.CHAT_TOKEN,
      // insecure: true, or ca: 'certificate.pem',           // for wss:// with a certificate of its own
      // What it answers, where that is no echo: docs/scenarios.md.
      // scenario: 'json', params: { message: '{"type":"say","id":"{slot}","text":"{content}"}', answer: 'ack' },
      // rooms: true,                                        // ?room=NAME joins a room
    },
    // A server that runs already. Its CPU and memory want a process of this machine, or a Prometheus page.
    // staging: { url: 'wss://staging.example/chat', metrics: 'http://staging.example/metrics' },
    // local: { url: 'ws://127.0.0.1:9000/', pid: 4242 },
  },
} satisfies ArenaConfig;
`;
}
