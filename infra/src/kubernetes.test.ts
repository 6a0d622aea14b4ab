// The Kubernetes manifests against packages/config and against each other; their schema is checked in schemas.test.ts.
import { fromEnv, parseConfig } from '@ws-arena/config/parse-config';
import { describe, expect, test } from 'vitest';
import { at, listAt, manifest, objectAt, textAt, type Yaml } from './testing/deployment-files.ts';

const deployment = manifest('Deployment');
const service = manifest('Service');
const ingress = manifest('Ingress');
const job = manifest('Job');
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

test('the load generator is an Indexed Job whose pods send different bytes to the Service', () => {
  expect(textAt(job, 'spec.completionMode')).toBe('Indexed');
  expect(textAt(job, 'spec.completions')).toBe(textAt(job, 'spec.parallelism'));
  const args = listAt(job, 'spec.template.spec.containers.0.args');
  expect(args).toContain(`--url=ws://${textAt(service, 'metadata.name')}:${config.port}${config.path}`);
  expect(args).toContain('--seed=$(JOB_COMPLETION_INDEX)');
});

test.each([
  ['Deployment', deployment],
  ['Job', job],
] satisfies [string, Yaml][])('the pods of the %s are not root and can change nothing', (_, workload) => {
  expect(at(workload, 'spec.template.spec.securityContext.runAsNonRoot')).toBe(true);
  expect(Number(textAt(workload, 'spec.template.spec.securityContext.runAsUser'))).toBeGreaterThan(0);
  const rights = objectAt(workload, 'spec.template.spec.containers.0.securityContext');
  expect(rights).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(objectAt(workload, 'spec.template.spec.containers.0.resources.limits')).toHaveProperty('memory');
});
