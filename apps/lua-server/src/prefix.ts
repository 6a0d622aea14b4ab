import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerConfig } from '@ws-arena/config/options';
import { freePort, isFree } from '@ws-arena/infra/free-port';
import type { ModularNginx } from '@ws-arena/infra/nginx-modules';
import { projectRoot } from '@ws-arena/infra/project-cache';
import { cannotListen, removeStaleSocket } from '@ws-arena/lifecycle/listening';
import { luaServerConfig } from './lua-server-config.ts';

/** Where the server's Lua modules are, and those of the Nginx variants, of which it takes the check of tokens. */
const scripts = [fileURLToPath(new URL('../lua', import.meta.url)), join(projectRoot, 'infra/nginx')];

/**
 * A folder for this process with its nginx.conf, and the config with the port that it will listen on. Those of processes
 * that have ended are removed.
 * @throws Error when the port or the Unix socket is taken, or when the folder above belongs to another user.
 */
export async function prefixFor(
  given: ServerConfig,
  nginx: ModularNginx,
): Promise<{ readonly folder: string; readonly config: ServerConfig }> {
  const port = given.port === 0 ? await freePort(given.host) : given.port;
  const config = { ...given, port };
  if (!(await isFree(config.host, port))) throw cannotListen(config);
  if (config.socketPath !== '') await removeStaleSocket(config.socketPath);
  const root = join(tmpdir(), `ws-arena-lua-${process.getuid?.()}`);
  await mkdir(root, { recursive: true });
  // Nobody else may ask the issuer for keys at the socket in there.
  await chmod(root, 0o700);
  for (const pid of await readdir(root))
    if (!isAnother(Number(pid))) await rm(join(root, pid), { recursive: true, force: true });
  const folder = join(root, String(process.pid));
  await mkdir(join(folder, 'temp'), { recursive: true });
  await writeFile(join(folder, 'nginx.conf'), luaServerConfig(config, nginx.modules, folder, scripts));
  return { folder, config };
}

/** Whether another process with this id runs now: a folder of our own id is of a process that has ended. */
function isAnother(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
