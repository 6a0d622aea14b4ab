// What is asked of Prometheus must be what the servers serve: packages/contract names the metrics.

import { parseConfig } from '@ws-arena/config/parse-config';
import { metrics } from '@ws-arena/contract/metric-names';
import { describe, expect, test } from 'vitest';
import {
  at,
  infraText,
  listAt,
  manifest,
  textAt,
  type Yaml,
  yamlDocuments,
} from './testing/deployment-files.ts';

const labelsOf = new Map<string, readonly string[]>(
  Object.values(metrics).map(({ name, labels }) => [name, labels]),
);
const typeOf = new Map<string, string>(Object.values(metrics).map(({ name, type }) => [name, type]));

/** What an expression asks for that no server serves, a sentence each. */
function unanswered(expression: string): string[] {
  const names = [...expression.matchAll(/\bws_\w+/g)].map(([name]) => name);
  const asked = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/));
  // Prometheus itself puts these on every series.
  const known = ['instance', 'job', ...names.flatMap((name) => labelsOf.get(name) ?? [])];
  return [
    ...(names.length === 0 ? [`${expression} asks for no metric`] : []),
    ...names.filter((name) => !labelsOf.has(name)).map((name) => `no metric ${name}`),
    ...asked.filter((label) => !known.includes(label)).map((label) => `no label ${label} on ${names.join()}`),
    ...names
      .filter((name) => /_total$/.test(name) !== (typeOf.get(name) === 'counter'))
      .map((name) => `${name} is a ${typeOf.get(name)}`),
    ...names
      .filter((name) => typeOf.get(name) === 'counter' && !expression.includes(`rate(${name}[`))
      .map((name) => `${name} is a counter, and is shown without its rate`),
  ];
}

describe('unanswered', () => {
  test.each([
    ['sum(ws_connections)', []],
    ['sum(ws_conections)', ['no metric ws_conections']],
    ['sum by (code) (rate(ws_cuts_total[5m]))', ['no label code on ws_cuts_total']],
    ['sum(ws_cuts_total)', ['ws_cuts_total is a counter, and is shown without its rate']],
    ['up', ['up asks for no metric']],
  ])('%s', (expression, sentences) => {
    expect(unanswered(expression)).toEqual(sentences);
  });
});

describe('the Grafana dashboard', () => {
  const dashboard = JSON.parse(infraText('monitoring/grafana/dashboards/ws-arena.json')) as Yaml;
  const queries = listAt(dashboard, 'panels').flatMap((panel) =>
    listAt(panel, 'targets').map((target) => ({
      title: textAt(panel, 'title'),
      expression: textAt(target, 'expr'),
      source: textAt(target, 'datasource.uid'),
    })),
  );

  test.each(queries)('$title', ({ expression }) => {
    expect(unanswered(expression)).toEqual([]);
  });

  test('every metric has a panel', () => {
    const shown = queries.map(({ expression }) => expression).join(' ');
    expect([...labelsOf.keys()].filter((name) => !shown.includes(name))).toEqual([]);
  });

  test('asks the data source that is provisioned, which asks the Prometheus of the compose file', () => {
    const source = yamlDocuments('monitoring/grafana/provisioning/datasources/prometheus.yml')[0]!;
    expect(new Set(queries.map(({ source }) => source))).toEqual(
      new Set([textAt(source, 'datasources.0.uid')]),
    );
    const { hostname, port } = new URL(textAt(source, 'datasources.0.url'));
    const service = at(yamlDocuments('compose.yaml')[0]!, `services.${hostname}`);
    expect(listAt(service, 'expose')).toEqual([port]);
  });

  test('lies where its provider looks', () => {
    const provider = yamlDocuments('monitoring/grafana/provisioning/dashboards/ws-arena.yml')[0]!;
    const volumes = listAt(yamlDocuments('compose.yaml')[0]!, 'services.grafana.volumes');
    expect(volumes).toContain(
      `./monitoring/grafana/dashboards:${textAt(provider, 'providers.0.options.path')}:ro`,
    );
  });
});

test('Prometheus scrapes every replica of the compose file, on the port of packages/config', () => {
  const scrape = at(yamlDocuments('monitoring/prometheus.yml')[0]!, 'scrape_configs.0');
  expect(at(scrape, 'dns_sd_configs.0')).toMatchObject({
    names: ['ws-server'],
    type: 'A',
    port: parseConfig().port,
  });
  expect(at(yamlDocuments('compose.yaml')[0]!, 'services')).toHaveProperty('ws-server');
});

test('the autoscaler asks for a metric that the servers serve', () => {
  expect(unanswered(textAt(manifest('HorizontalPodAutoscaler'), 'spec.metrics.0.pods.metric.name'))).toEqual(
    [],
  );
});
