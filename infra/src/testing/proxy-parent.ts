// A process that starts a proxy, prints its pids and waits: a test kills it and looks what is left.
import { parseConfig } from '@ws-arena/config/parse-config';
import { startProxy } from '../running-proxy.ts';

const proxy = await startProxy({ config: parseConfig(), upstreams: ['127.0.0.1:9'], workers: 2 });
process.stdout.write(`${JSON.stringify(proxy.pids())}\n`);
setInterval(() => {}, 60_000);
