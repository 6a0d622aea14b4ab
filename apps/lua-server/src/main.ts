// Becomes an Nginx that serves WebSockets in Lua: the same process goes on as Nginx, so whoever measures or ends it has
// one process, as with every other server.
import { ConfigError } from '@ws-arena/config/config-error';
import { loadConfig } from '@ws-arena/config/parse-config';
import { NginxUnavailable } from '@ws-arena/infra/nginx-binary';
import { nginxWithModules } from '@ws-arena/infra/nginx-modules';
import { UNAVAILABLE_EXIT_CODE } from '@ws-arena/server-interface/exit-code';
import { metrics } from '@ws-arena/server-interface/metric-names';
import { prefixFor } from './prefix.ts';
import { keptSettings } from './settings.ts';

function fail(code: number, error: unknown): never {
  console.error((error as Error).message);
  process.exit(code);
}

try {
  const config = keptSettings(loadConfig(process.argv.slice(2), process.env));
  const nginx = await nginxWithModules();
  const prefix = await prefixFor(config, nginx);
  const settings = JSON.stringify({ ...prefix.config, version: nginx.version, metrics });
  process.execve!(nginx.path, [nginx.path, '-p', `${prefix.folder}/`, '-c', 'nginx.conf', '-e', 'stderr'], {
    ...process.env,
    ...nginx.env,
    WS_LUA_SETTINGS: settings,
  });
} catch (error) {
  if (error instanceof ConfigError) fail(2, error);
  fail(error instanceof NginxUnavailable ? UNAVAILABLE_EXIT_CODE : 1, error);
}
