// The Kubernetes manifests against packages/config and against each other; their schema is checked in schemas.test.ts.
import { fromEnv, parseConfig } from '@ws-arena/config/parse-config';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { balanceDirective, stickyRoutings } from './balance-method.ts';
import {
  at,
  infraText,
  kustomizationPath,
  listAt,
  manifest,
  manifestPaths,
  objectAt,
  textAt,
  type Yaml,
  yamlDocuments,
} from './testing/deployment-files.ts';

const deployment = manifest('Deployment', 'ws-server');
const service = manifest('Service', 'ws-server');
const ingress = manifest('Ingress');
const job = manifest('Job');
const agents = manifest('Deployment', 'ws-client');
const redis = manifest('Deployment', 'load-redis');
const defaults = parseConfig();
const container = at(deployment, 'spec.template.spec.containers.0');
const env = Object.fromEntries(
  listAt(container, 'env').map((entry) => [textAt(entry, 'name'), textAt(entry, 'value')]),
);
const config = parseConfig(fromEnv(env));

describe('the servers', () => {
  test('settings are those of packages/config, save the address and a bound on connections', () => {
    expect(config).toEqual({ ...defaults, host: '0.0.0.0', maxConnections: config.maxConnections });
  });

  test('port, selector and name are the same wherever they stand', () => {
    expect(at(container, 'ports.0')).toEqual({ name: 'ws', containerPort: config.port });
    const labels = objectAt(deployment, 'spec.template.metadata.labels');
    expect(at(deployment, 'spec.selector.matchLabels')).toEqual(labels);
    expect(at(service, 'spec.selector')).toEqual(labels);
    expect(at(service, 'spec.ports.0')).toEqual({ name: 'ws', port: config.port, targetPort: 'ws' });
    const scraped = objectAt(deployment, 'spec.template.metadata.annotations');
    expect(scraped['prometheus.io/port']).toBe(String(config.port));
  });

  test('the drain has its time, after the endpoint is gone', () => {
    const pause = Number(textAt(container, 'lifecycle.preStop.sleep.seconds'));
    expect(Number(textAt(deployment, 'spec.template.spec.terminationGracePeriodSeconds'))).toBeGreaterThan(
      pause + config.shutdownGraceMs / 1000,
    );
  });

  test('a rollout, a node that is drained and one that is lost each take one of them at most', () => {
    expect(at(deployment, 'spec.strategy.rollingUpdate')).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    const labels = at(deployment, 'spec.selector');
    const budget = manifest('PodDisruptionBudget');
    expect(at(budget, 'spec')).toEqual({ maxUnavailable: 1, selector: labels });
    const spread = listAt(deployment, 'spec.template.spec.topologySpreadConstraints');
    expect(spread.map((one) => textAt(one, 'topologyKey'))).toEqual([
      ...['kubernetes.io/hostname', 'topology.kubernetes.io/zone'],
    ]);
    for (const one of spread) expect(one).toMatchObject({ maxSkew: 1, labelSelector: labels });
  });

  test('the next one goes when the clients of the one before are back: the drain, and three attempts', () => {
    const backMs = config.drainSpreadMs + 3 * 2 * 1000;
    expect(Number(textAt(deployment, 'spec.minReadySeconds')) * 1000).toBeGreaterThan(backMs);
  });

  test('a server that drains, and answers 503, is not killed for it', () => {
    const { periodSeconds, failureThreshold } = objectAt(container, 'livenessProbe');
    const patience = Number(periodSeconds) * Number(failureThreshold);
    expect(patience).toBeGreaterThan(
      Number(textAt(deployment, 'spec.template.spec.terminationGracePeriodSeconds')),
    );
  });

  test('both probes ask /healthz', () => {
    for (const probe of ['readinessProbe', 'livenessProbe']) {
      expect(at(container, `${probe}.httpGet`)).toEqual({ path: '/healthz', port: 'ws' });
    }
  });
});

describe('the ingress', () => {
  const annotations = objectAt(ingress, 'metadata.annotations');

  test('timeouts and path are those of packages/config', () => {
    expect(annotations['nginx.org/proxy-read-timeout']).toBe(`${defaults.proxyReadTimeoutMs / 1000}s`);
    expect(annotations['nginx.org/proxy-send-timeout']).toBe(`${defaults.proxySendTimeoutMs / 1000}s`);
    expect(textAt(ingress, 'spec.rules.0.http.paths.0.path')).toBe(defaults.path);
  });

  test('one address gets as many handshakes as the committed Nginx lets through', () => {
    const given = (name: string) => annotations[`nginx.org/limit-req-${name}`];
    const nginx = infraText('nginx/nginx.conf');
    expect(nginx).toContain(
      `limit_req_zone $binary_remote_addr zone=handshakes:${given('zone-size')} rate=${given('rate')};`,
    );
    expect(nginx).toContain(`limit_req zone=handshakes burst=${given('burst')} nodelay;`);
    expect(nginx).toContain(`limit_req_status ${given('reject-code')};`);
    expect([given('key'), given('no-delay')]).toEqual([`\${binary_remote_addr}`, 'true']);
  });

  test('it leads to the Service', () => {
    const backend = at(ingress, 'spec.rules.0.http.paths.0.backend.service');
    expect(backend).toEqual({ name: textAt(service, 'metadata.name'), port: { name: 'ws' } });
    expect(annotations['nginx.org/websocket-services']).toBe(textAt(service, 'metadata.name'));
  });
});

test('the autoscaler alone says how many servers there are, and acts before upgrades are refused', () => {
  const autoscaler = manifest('HorizontalPodAutoscaler');
  expect(textAt(autoscaler, 'spec.scaleTargetRef.name')).toBe(textAt(deployment, 'metadata.name'));
  expect(textAt(autoscaler, 'spec.minReplicas')).toBe('3');
  expect(objectAt(deployment, 'spec')).not.toHaveProperty('replicas');
  expect(Number(textAt(autoscaler, 'spec.metrics.0.pods.target.averageValue'))).toBeLessThan(
    config.maxConnections,
  );
});

test('the load generators are agents, and the Job has all of them load the Service', () => {
  const args = listAt(job, 'spec.template.spec.containers.0.args');
  expect(args).toContain(`--url=ws://${textAt(service, 'metadata.name')}:${config.port}${config.path}`);
  expect(args).toContain(`--agents=${textAt(agents, 'spec.replicas')}`);
  const [agent, ...others] = listAt(agents, 'spec.template.spec.containers.0.args');
  expect(agent).toBe('agent');
  const redisService = manifest('Service', 'load-redis');
  const address = `--redis=redis://${textAt(redisService, 'metadata.name')}:${textAt(redisService, 'spec.ports.0.port')}`;
  expect(args).toContain(address);
  expect(others).toContain(address);
  expect(at(redisService, 'spec.selector')).toEqual(objectAt(redis, 'spec.template.metadata.labels'));
  expect(textAt(redis, 'spec.template.spec.containers.0.ports.0.containerPort')).toBe(
    textAt(redisService, 'spec.ports.0.port'),
  );
  for (const workload of [agents, redis])
    expect(at(workload, 'spec.selector.matchLabels')).toEqual(
      objectAt(workload, 'spec.template.metadata.labels'),
    );
});

test.each([
  ['servers', deployment],
  ['load generators', agents],
  ['Redis of the load generators', redis],
  ['Job', job],
] satisfies [string, Yaml][])(
  'the pods of the %s are not root, hold no token and can change nothing',
  (_, workload) => {
    expect(at(workload, 'spec.template.spec.automountServiceAccountToken')).toBe(false);
    expect(at(workload, 'spec.template.spec.securityContext.runAsNonRoot')).toBe(true);
    expect(Number(textAt(workload, 'spec.template.spec.securityContext.runAsUser'))).toBeGreaterThan(0);
    const rights = objectAt(workload, 'spec.template.spec.containers.0.securityContext');
    expect(rights).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(objectAt(workload, 'spec.template.spec.containers.0.resources.limits')).toHaveProperty('memory');
  },
);

describe('the network policies', () => {
  const of = (name: string) => at(manifest('NetworkPolicy', name), 'spec');
  const peers = (rule: Yaml, side: 'from' | 'to') => listAt(rule, side);

  test('are of the pods of every workload, and speak for both directions', () => {
    expect(at(of('ws-server'), 'podSelector.matchLabels')).toEqual(
      objectAt(deployment, 'spec.template.metadata.labels'),
    );
    for (const [name, workload] of [
      ['ws-client', agents],
      ['ws-load', job],
      ['load-redis', redis],
    ] as const)
      expect(at(of(name), 'podSelector.matchLabels')).toEqual(
        objectAt(workload, 'spec.template.metadata.labels'),
      );
    for (const name of ['ws-server', 'ws-client', 'ws-load', 'load-redis'])
      expect(at(of(name), 'policyTypes')).toEqual(['Ingress', 'Egress']);
  });

  test('let nothing but the port of the servers be reached, and by those only who have to', () => {
    expect(at(of('ws-server'), 'ingress.0.ports')).toEqual([
      { protocol: 'TCP', port: textAt(container, 'ports.0.name') },
    ]);
    expect(peers(at(of('ws-server'), 'ingress.0'), 'from')).toContainEqual({
      podSelector: at(of('ws-client'), 'podSelector'),
    });
    expect(at(of('ws-server'), 'egress')).toEqual([]);
  });

  test('let the load generators out to the servers, to DNS and to their Redis, and nothing in', () => {
    expect(at(of('ws-client'), 'ingress')).toEqual([]);
    const [toServers, toDns, toRedis] = listAt(of('ws-client'), 'egress');
    expect(toServers).toEqual({
      to: [{ podSelector: at(of('ws-server'), 'podSelector') }],
      ports: [{ protocol: 'TCP', port: config.port }],
    });
    expect(listAt(toDns!, 'ports').map((port) => textAt(port, 'port'))).toEqual(['53', '53']);
    expect(toRedis).toEqual({
      to: [{ podSelector: at(of('load-redis'), 'podSelector') }],
      ports: [{ protocol: 'TCP', port: at(redis, 'spec.template.spec.containers.0.ports.0.containerPort') }],
    });
    expect(at(of('ws-load'), 'ingress')).toEqual([]);
    expect(listAt(of('ws-load'), 'egress')).toEqual([toRedis, toDns]);
    expect(peers(at(of('load-redis'), 'ingress.0'), 'from')).toEqual([
      { podSelector: at(of('ws-client'), 'podSelector') },
      { podSelector: at(of('ws-load'), 'podSelector') },
    ]);
    expect(at(of('load-redis'), 'egress')).toEqual([]);
  });
});

describe('kustomization.yaml', () => {
  const kustomization = yamlDocuments(kustomizationPath)[0]!;

  test('applies every manifest', () => {
    const applied = listAt(kustomization, 'resources').map((path) => `k8s/${path}`);
    expect(applied.sort()).toEqual([...manifestPaths].sort());
  });

  test('is the place to set an image, and each is pinned there as in its manifest', () => {
    const images = listAt(kustomization, 'images').map(
      (image) => `${textAt(image, 'name')}:${textAt(image, 'newTag')}`,
    );
    const used = [deployment, agents, redis, job].flatMap((workload) =>
      ['containers', ...(workload === job ? ['initContainers'] : [])].map((kind) =>
        textAt(workload, `spec.template.spec.${kind}.0.image`),
      ),
    );
    expect(images.sort()).toEqual([...new Set(used)].sort());
    for (const image of used) expect(image).toMatch(/:([a-z]+-)?\d+\.\d+\.\d+(-alpine)?$/);
  });
});

/** The patches of a kustomization: the steps that it takes on a manifest of a kind. */
function stepsOf(overlay: Yaml, kind: string): readonly { op: string; path: string; value: Yaml }[] {
  const patch = listAt(overlay, 'patches').find((one) => textAt(one, 'target.kind') === kind)!;
  return parse(textAt(patch, 'patch'));
}

/** The settings of the servers with those that a kustomization adds. */
function configWith(overlay: Yaml) {
  const steps = stepsOf(overlay, 'Deployment');
  for (const { op, path } of steps)
    expect([op, path]).toEqual(['add', '/spec/template/spec/containers/0/env/-']);
  const added = steps.map(({ value }) => [textAt(value, 'name'), textAt(value, 'value')]);
  return parseConfig(fromEnv({ ...env, ...Object.fromEntries(added) }));
}

describe('the overlay for tokens', () => {
  const overlay = yamlDocuments('k8s/auth/kustomization.yaml')[0]!;
  const { authIssuer, authAudience, authRole, authJwksUrl } = configWith(overlay);

  test('has the servers check them', () => {
    expect([authAudience, authRole]).toEqual(['ws-arena', 'ws-user']);
    expect(new URL(authJwksUrl).pathname).toContain(new URL(authIssuer).pathname);
  });

  test('lets them out to the issuer whose keys they fetch, and to DNS, and nowhere else', () => {
    const [{ op, path, value }, ...others] = stepsOf(overlay, 'NetworkPolicy') as [
      ReturnType<typeof stepsOf>[number],
    ];
    expect([op, path, others]).toEqual(['replace', '/spec/egress', []]);
    const [toIssuer, toDns, ...more] = listAt({ value }, 'value');
    const { hostname, port } = new URL(authJwksUrl);
    const [app, namespace] = hostname.split('.');
    expect(toIssuer).toEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          podSelector: { matchLabels: { app } },
        },
      ],
      ports: [{ protocol: 'TCP', port: Number(port) }],
    });
    expect(toDns).toEqual(at(manifest('NetworkPolicy', 'ws-client'), 'spec.egress.1'));
    expect(more).toEqual([]);
  });
});

describe('the overlay for long-polling', () => {
  const overlay = yamlDocuments('k8s/polling/kustomization.yaml')[0]!;

  test('turns it on in socketio, whose image it takes', () => {
    expect(configWith(overlay).longPolling).toBe(true);
    expect(textAt(overlay, 'images.0.newTag')).toMatch(/^socketio-/);
  });

  test('replaces the balancing of the Ingress by one that keeps a session on its pod', () => {
    const [{ op, path, value }] = stepsOf(overlay, 'Ingress') as [ReturnType<typeof stepsOf>[number]];
    expect([op, path]).toEqual(['replace', '/metadata/annotations/nginx.org~1lb-method']);
    expect(objectAt(ingress, 'metadata.annotations')).toHaveProperty(['nginx.org/lb-method']);
    expect(`${value};`).toBe(balanceDirective('hash', '$remote_addr'));
    expect(stickyRoutings).toContain('hash');
  });
});
