// What is asked of Prometheus must be what the servers serve: packages/server-interface names the metrics.

import { parseConfig } from '@ws-arena/config/parse-config';
import { metrics } from '@ws-arena/server-interface/metric-names';
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
import { EXPORTER_VERSION, exporterMetrics } from './testing/nginx-exporter.ts';

const served = [...Object.values(metrics), ...exporterMetrics.map((metric) => ({ ...metric, labels: [] }))];
const labelsOf = new Map<string, readonly string[]>(served.map(({ name, labels }) => [name, labels]));
const typeOf = new Map<string, string>(served.map(({ name, type }) => [name, type]));
/** Prometheus itself puts these on every series. */
const everywhere = ['instance', 'job'];

/** What an expression asks for that no server serves, a sentence each. */
function unanswered(expression: string): string[] {
  const names = [...expression.matchAll(/\b(?:ws|process|nginx)_\w+/g)].map(([name]) => name);
  const asked = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/));
  const known = [...everywhere, ...names.flatMap((name) => labelsOf.get(name) ?? [])];
  return [
    ...(names.length === 0 ? [`${expression} asks for no metric`] : []),
    ...names.filter((name) => !labelsOf.has(name)).map((name) => `no metric ${name}`),
    ...asked.filter((label) => !known.includes(label)).map((label) => `no label ${label} on ${names.join()}`),
    ...names
      .filter((name) => /_total$/.test(name) && typeOf.get(name) !== 'counter')
      .map((name) => `${name} is a ${typeOf.get(name)}`),
    ...matchers(expression)
      .filter(({ name, label }) => ![...everywhere, ...(labelsOf.get(name) ?? [])].includes(label))
      .map(({ name, label }) => `no label ${label} on ${name}`),
    ...names
      .filter(
        (name) =>
          typeOf.get(name) === 'counter' && !new RegExp(`rate\\(${name}(\\{.*?\\})?\\[`).test(expression),
      )
      .map((name) => `${name} is a counter, and is shown without its rate`),
  ];
}

/** The labels that an expression selects by. */
function matchers(expression: string): { name: string; label: string }[] {
  return [...expression.matchAll(/\b(\w+_\w+)\{([^}]*)\}/g)].flatMap(([, name, inner]) =>
    [...inner!.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => ({ name: name!, label: label! })),
  );
}

describe('unanswered', () => {
  test.each([
    ['sum(ws_connections)', []],
    ['sum(ws_conections)', ['no metric ws_conections']],
    ['sum by (code) (rate(ws_cuts_total[5m]))', ['no label code on ws_cuts_total']],
    ['sum(ws_cuts_total)', ['ws_cuts_total is a counter, and is shown without its rate']],
    ['sum(rate(ws_cuts_total{reason="write_wait"}[5m]))', []],
    ['sum(rate(ws_cuts_total{code="1006"}[5m]))', ['no label code on ws_cuts_total']],
    ['up', ['up asks for no metric']],
    ['max(process_resident_memory_bytes{job="ws-server"})', []],
    ['max(process_resident_bytes)', ['no metric process_resident_bytes']],
    ['sum(nginx_connections_open)', ['no metric nginx_connections_open']],
    [
      'sum(nginx_connections_accepted)',
      ['nginx_connections_accepted is a counter, and is shown without its rate'],
    ],
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
    const ours = Object.values(metrics).map(({ name }) => name);
    expect(ours.filter((name) => !shown.includes(name))).toEqual([]);
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

test('Prometheus scrapes the exporter of the release whose metrics are known, which asks the status page of Nginx', () => {
  const services = at(yamlDocuments('compose.yaml')[0]!, 'services');
  const exporter = at(services, 'nginx-exporter');
  expect(textAt(exporter, 'image')).toContain(`nginx-prometheus-exporter:${EXPORTER_VERSION}}`);
  expect(
    listAt(yamlDocuments('monitoring/prometheus.yml')[0]!, 'scrape_configs.1.static_configs.0.targets'),
  ).toEqual([`nginx-exporter:${listAt(exporter, 'expose')[0]}`]);
  const [, port, path] = /http:\/\/nginx:(\d+)(\/\w+)$/.exec(textAt(exporter, 'command.0'))!;
  expect(listAt(services, 'nginx.expose')).toEqual([port]);
  expect(infraText('nginx/compose.conf')).toContain(`listen ${port};\n        location = ${path} {`);
});

test('the autoscaler asks for a metric that the servers serve', () => {
  expect(unanswered(textAt(manifest('HorizontalPodAutoscaler'), 'spec.metrics.0.pods.metric.name'))).toEqual(
    [],
  );
});

describe('the alerts', () => {
  const rules = listAt(yamlDocuments('monitoring/alerts.yml')[0]!, 'groups.0.rules');

  test.each(rules.map((rule) => [textAt(rule, 'alert'), textAt(rule, 'expr')] as const))(
    '%s asks for what the servers serve',
    (_, expression) => {
      expect(unanswered(expression)).toEqual([]);
    },
  );

  test('reasons and statuses are those that the servers count', () => {
    const text = rules.map((rule) => textAt(rule, 'expr')).join(' ');
    const values = [...text.matchAll(/(?:reason|status)=~"([^"]*)"/g)].flatMap(([, list]) =>
      list!.split('|'),
    );
    const told = `${metrics.cuts.help} ${metrics.rejects.help}`;
    expect(values.filter((value) => !told.includes(value))).toEqual([]);
  });

  test('the limit is 80 % of what a server of the Deployment lets in', () => {
    const env = listAt(manifest('Deployment', 'ws-server'), 'spec.template.spec.containers.0.env');
    const limit = env.find((entry) => textAt(entry, 'name') === 'WS_MAX_CONNECTIONS')!;
    const near = rules.find((rule) => textAt(rule, 'alert') === 'ConnectionsNearTheLimit')!;
    expect(textAt(near, 'expr')).toContain(`> ${Number(textAt(limit, 'value')) * 0.8}`);
  });

  test('the limit of memory is 90 % of what compose file and Deployment give a server', () => {
    const near = rules.find((rule) => textAt(rule, 'alert') === 'MemoryNearTheLimit')!;
    const limits = [
      textAt(yamlDocuments('compose.yaml')[0]!, 'services.ws-server.deploy.resources.limits.memory'),
      textAt(manifest('Deployment', 'ws-server'), 'spec.template.spec.containers.0.resources.limits.memory'),
    ];
    expect(limits).toEqual(['1g', '1Gi']);
    expect(textAt(near, 'expr')).toContain(`> ${Math.floor(0.9 * 2 ** 30)}`);
  });

  test('Prometheus reads them where the compose file puts them', () => {
    const [path] = listAt(yamlDocuments('monitoring/prometheus.yml')[0]!, 'rule_files');
    const volumes = listAt(yamlDocuments('compose.yaml')[0]!, 'services.prometheus.volumes');
    expect(volumes).toContain(`./monitoring/alerts.yml:${path}:ro`);
  });
});
