import type { ServerConfig } from '@ws-arena/config/options';
import { loadConfig } from '@ws-arena/config/parse-config';
import { formatReadyLine } from '@ws-arena/server-interface/ready-line';

/** Address and path of a bare server; of the settings it takes these and no others. */
export function bareConfig(): Pick<ServerConfig, 'host' | 'port' | 'path'> {
  return loadConfig(process.argv.slice(2), process.env);
}

/** Prints the ready line of a bare server. */
export function bareReady(
  target: string,
  port: number,
  { name, version }: { readonly name: string; readonly version: string },
): void {
  const runtime = `node ${process.versions.node}`;
  console.log(formatReadyLine({ target, port, pid: process.pid, library: name, version, runtime }));
}
