import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchedNginx, type NginxBinary, nginxBinary } from './nginx-binary.ts';
import { projectCache } from './project-cache.ts';

/** Where an Nginx finds its dynamic modules, and its Lua module the libraries. */
export interface NginxModules {
  readonly folder: string;
  readonly lua: string;
  readonly luaC: string;
}

/** An Nginx with the modules for njs and Lua. */
export interface ModularNginx extends NginxBinary {
  readonly modules: NginxModules;
}

/** Debian's packages of them, with the Nginx that they are built for. */
const packages = [
  'nginx',
  'libnginx-mod-http-js',
  'libnginx-mod-http-lua',
  'libnginx-mod-http-ndk',
  'lua-cjson',
  'lua-nginx-websocket',
  'lua-resty-core',
  'lua-resty-lrucache',
];

let found: Promise<ModularNginx> | undefined;

/**
 * The installed Nginx where Debian's packages of both modules are installed beside it, else all of them fetched into
 * the project's cache. Looked for once in a process.
 * @throws NginxUnavailable when they cannot be fetched.
 */
export function nginxWithModules(): Promise<ModularNginx> {
  found ??= find();
  return found;
}

async function find(): Promise<ModularNginx> {
  const installed = await nginxBinary();
  const beside = installed.source === 'installed' ? await modulesIn('/') : undefined;
  if (beside) return { ...installed, modules: beside };
  const root = join(projectCache, 'nginx-modules');
  const fetched = await fetchedNginx(root, packages);
  const modules = await modulesIn(join(root, 'current'));
  if (!modules) throw new Error(`${root} lacks a module; remove it, and it is fetched again`);
  return { ...fetched, modules };
}

/** The places below `root` as Debian lays them, or undefined when one of them is not there. */
async function modulesIn(root: string): Promise<NginxModules | undefined> {
  try {
    const lib = join(root, 'usr/lib');
    const triplet = (await readdir(lib)).find((name) => name.endsWith('-linux-gnu')) ?? '';
    const modules = {
      folder: join(lib, 'nginx/modules'),
      lua: join(root, 'usr/share/lua/5.1'),
      luaC: join(lib, triplet, 'lua/5.1'),
    };
    const wanted = [
      join(modules.folder, 'ngx_http_js_module.so'),
      join(modules.folder, 'ngx_http_lua_module.so'),
      join(modules.lua, 'nginx/websocket/server.lua'),
      join(modules.luaC, 'cjson.so'),
    ];
    await Promise.all(wanted.map((path) => access(path)));
    return modules;
  } catch {
    return undefined;
  }
}
