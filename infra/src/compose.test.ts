// compose.yaml and the images: what stands in them twice must be the same in both places.
import { dirname } from 'node:path';
import { type OptionName, optionNames } from '@ws-arena/config/options';
import { envName, fromEnv, parseConfig } from '@ws-arena/config/parse-config';
import { nodeFlags } from '@ws-arena/contract/running-server';
import { targets } from '@ws-arena/contract/targets';
import { describe, expect, test } from 'vitest';
import {
  at,
  infraText,
  listAt,
  objectAt,
  textAt,
  withDefaults,
  type Yaml,
  yamlDocuments,
} from './testing/deployment-files.ts';
import { dockerStages } from './testing/dockerfile.ts';

const compose = yamlDocuments('compose.yaml')[0]!;
const services = objectAt(compose, 'services');
const server = services['ws-server']!;
const nginxConf = infraText('nginx/compose.conf');
const config = parseConfig();
const stages = dockerStages();
/** An image whose tag names one release. */
const RELEASE = String.raw`[\w./-]+:v?\d+\.\d+\.\d+[\w.-]*`;

describe('the images', () => {
  const servers = targets.filter(({ kind }) => kind !== 'bare' && kind !== 'remote');

  test.each(servers)('$name has a stage that starts what the runner starts', ({ name, launch }) => {
    if (launch.kind === 'remote' || launch.kind === 'command')
      throw new Error('a server of somebody else has no image');
    const program = launch.kind === 'go' ? [`/${launch.command}`] : [launch.kind, launch.entry];
    expect(stages.get(name)?.command).toEqual([...program, ...(launch.args ?? [])]);
  });

  test('no signal opens the debugger of Node.js', () => {
    expect(infraText('Dockerfile')).toMatch(
      new RegExp(`^FROM \\S+ AS node-runtime\\nENV .*NODE_OPTIONS=${nodeFlags.join()} `, 'm'),
    );
  });

  test.each(servers)('$name does not run as root, and is asked on /healthz', ({ name }) => {
    expect(stages.get(name)?.user).toMatch(/^(node|[1-9]\d*:[1-9]\d*)$/);
    expect(stages.get(name)?.healthcheck).toContain(`http://127.0.0.1:${config.port}/healthz`);
  });

  test('the load generator does not run as root', () => {
    expect(stages.get('loadgen')?.user).toBe('node');
  });

  test('every base image is pinned to a release, and can be given by digest', () => {
    const dockerfile = infraText('Dockerfile');
    const bases = [...dockerfile.matchAll(/^FROM (\S+) AS/gm)]
      .map(([, from]) => from!)
      .filter((from) => !stages.has(from));
    for (const base of new Set(bases)) {
      const [, name] = /^\$\{(\w+_IMAGE)\}$/.exec(base) ?? [];
      expect(dockerfile).toMatch(new RegExp(`^ARG ${name}=${RELEASE}$`, 'm'));
    }
    expect(new Set(bases).size).toBe(4);
  });

  test.each(Object.entries(services).filter(([, service]) => !hasKey(service, 'build')))(
    'so is the one of %s',
    (_, service) => {
      expect(textAt(service, 'image')).toMatch(new RegExp(`^\\$\\{\\w+_IMAGE:-${RELEASE}\\}$`));
    },
  );
});

describe('the servers', () => {
  const env = Object.fromEntries(
    Object.entries(objectAt(server, 'environment')).map(([key, value]) => [key, withDefaults(String(value))]),
  );

  test('every setting of a server is there, and its default is the one of packages/config', () => {
    expect(parseConfig(fromEnv(env))).toEqual({ ...config, host: '0.0.0.0' });
    const settable = optionNames.filter((name: OptionName) => !name.startsWith('proxy'));
    expect(Object.keys(env).sort()).toEqual(settable.map(envName).sort());
  });

  test('a setting that is given arrives under its own name; address and path are the proxy’s too, and fixed', () => {
    for (const [key, value] of Object.entries(objectAt(server, 'environment'))) {
      if (['WS_HOST', 'WS_PORT', 'WS_PATH'].includes(key)) expect(String(value)).not.toContain('$');
      else expect(String(value)).toMatch(`\${${key}:-`);
    }
  });

  test('server, Nginx and load generator have one path', () => {
    expect(env.WS_PATH).toBe(config.path);
    expect(nginxConf).toContain(`location ${config.path} {`);
    expect(listAt(services['ws-load']!, 'command')).toContain(`--url=ws://nginx:8080${config.path}`);
  });

  test('the target can be chosen, and the drain has its time', () => {
    expect(textAt(server, 'build.target')).toBe(`\${TARGET:-ws}`);
    expect(Number.parseInt(textAt(server, 'stop_grace_period'), 10) * 1000).toBeGreaterThan(
      config.shutdownGraceMs,
    );
  });
});

describe('Nginx', () => {
  test('reads the rendered config, and its upstream and status are where the file says', () => {
    expect(listAt(services.nginx!, 'volumes').map((each) => withDefaults(String(each)))).toContain(
      './nginx/compose.conf:/etc/nginx/arena.conf:ro',
    );
    const upstream = /server ([\w-]+):(\d+) resolve/.exec(nginxConf);
    expect(upstream?.[1]).toBeOneOf(Object.keys(services));
    expect(listAt(server, 'expose')).toEqual([upstream?.[2]]);
    const ports = [...nginxConf.matchAll(/listen (\d+)/g)].map((match) => match[1]);
    expect([textAt(services.nginx!, 'ports.0').split(':')[1], textAt(services.nginx!, 'expose.0')]).toEqual(
      ports,
    );
  });

  test('is new enough for `resolve` in an upstream (1.27.3)', () => {
    const [, major, minor] = /:(\d+)\.(\d+)/.exec(textAt(services.nginx!, 'image')) ?? [];
    expect(Number(major) * 1000 + Number(minor)).toBeGreaterThanOrEqual(1028);
  });

  test('may open as many descriptors as its config asks for', () => {
    const asked = Number(/worker_rlimit_nofile (\d+)/.exec(nginxConf)?.[1]);
    expect(Number(textAt(services.nginx!, 'ulimits.nofile.hard'))).toBeGreaterThanOrEqual(asked);
  });
});

describe('with TLS, Nginx', () => {
  const nginx = at(yamlDocuments('compose-tls.yaml')[0]!, 'services.nginx');
  const conf = infraText('nginx/compose-tls.conf');

  test('reads its config and the certificate where they are mounted, and listens where it is published', () => {
    const mounts = listAt(nginx, 'volumes').map((each) => withDefaults(String(each)).split(':'));
    expect(mounts[0]).toEqual(['./nginx/compose-tls.conf', listAt(services.nginx!, 'command').at(-1), 'ro']);
    const [, folder] = mounts[1]!;
    for (const [, path] of conf.matchAll(/ssl_certificate(?:_key)? (\S+);/g))
      expect(dirname(path!)).toBe(folder);
    const [, port] = /listen (\d+) ssl/.exec(conf)!;
    expect(listAt(nginx, 'ports')).toEqual([`${port}:${port}`]);
    expect(listAt(nginx, 'healthcheck.test').at(-1)).toBe(`https://127.0.0.1:${port}/healthz`);
  });

  test('keeps open connections over a reload, however long they last', () => {
    expect(conf).not.toContain('worker_shutdown_timeout');
  });
});

describe('the auth service', () => {
  const service = services['auth-service']!;
  const env = Object.fromEntries(
    Object.entries(objectAt(service, 'environment')).map(([key, value]) => [
      key,
      withDefaults(String(value)),
    ]),
  );
  const authConf = infraText('nginx/compose-auth.conf');

  test('has settings that go together, and is where Nginx asks', () => {
    const settings = Object.fromEntries(Object.entries(env).filter(([key]) => key.startsWith('WS_')));
    const { port, proxyIntrospectionUrl } = parseConfig(fromEnv(settings));
    expect(authConf).toContain(`server auth-service:${port} resolve;`);
    expect(proxyIntrospectionUrl).not.toBe('');
    expect(authConf).toContain('proxy_cache auth;');
  });

  test('takes the tokens of the realm that Keycloak serves, in the name of its client', () => {
    const realm = JSON.parse(infraText('keycloak/ws-arena-realm.json')) as {
      realm: string;
      clients: { clientId: string; secret: string }[];
      roles: { realm: { name: string }[] };
    };
    const keycloak = services.keycloak!;
    expect(env.WS_AUTH_ISSUER).toBe(`${textAt(keycloak, 'environment.KC_HOSTNAME')}/realms/${realm.realm}`);
    const [port] = textAt(keycloak, 'ports.0').split(':').slice(-1);
    expect(env.WS_AUTH_JWKS_URL).toContain(`http://keycloak:${port}/realms/${realm.realm}/`);
    expect(realm.roles.realm.map(({ name }) => name)).toContain(env.WS_AUTH_ROLE);
    expect(realm.clients).toContainEqual(
      expect.objectContaining({ clientId: env.AUTH_CLIENT_ID, secret: env.AUTH_CLIENT_SECRET }),
    );
    expect(env.AUTH_CLIENT_ID).toBe(env.WS_AUTH_AUDIENCE);
  });
});

test('all load generators are agents of one run, which meets them at the Redis of the file', () => {
  const run = services['ws-load']!;
  const agent = services['ws-client']!;
  const [, port] = /--redis=redis:\/\/redis:(\d+)/.exec(listAt(run, 'command').join(' ')) ?? [];
  expect(listAt(services.redis!, 'expose')).toEqual([port]);
  expect(listAt(agent, 'command')).toEqual(['agent', `--redis=redis://redis:${port}`]);
  expect(listAt(run, 'command')).toContain(`--agents=\${AGENTS:-all}`);
  expect(textAt(run, 'image')).toBe(textAt(agent, 'image'));
  // It is there whenever they are.
  for (const name of ['redis', 'ws-client', 'ws-load'])
    expect(hasKey(services[name]!, 'profiles')).toBe(false);
});

describe('every service', () => {
  test.each(Object.entries(services))(
    '%s has limits, and nothing waits for it before it is healthy',
    (name, service) => {
      expect(textAt(service, 'deploy.resources.limits.memory')).toMatch(/^\d+[mg]$/);
      expect(textAt(service, 'deploy.resources.limits.cpus')).toMatch(/^[\d.]+$/);
      if (!['ws-server', 'ws-client', 'ws-load', 'auth-service', 'nginx-exporter'].includes(name)) {
        expect(listAt(service, 'healthcheck.test').join(' ')).toMatch(
          /127\.0\.0\.1[:/]\d+\b.*\/\S*health|^CMD redis-cli ping$/,
        );
      }
      if (hasKey(service, 'depends_on')) {
        for (const [awaited, { condition }] of Object.entries(objectAt(service, 'depends_on') as Awaited)) {
          // Agents are awaited by the run itself.
          expect(condition).toBe(awaited === 'ws-client' ? 'service_started' : 'service_healthy');
        }
      }
    },
  );
});

type Awaited = Record<string, { condition: string }>;

function hasKey(value: Yaml, key: string): boolean {
  return value !== null && typeof value === 'object' && key in value;
}
