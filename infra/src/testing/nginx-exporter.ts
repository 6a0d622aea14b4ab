/** The release of nginx-prometheus-exporter whose metrics stand here. */
export const EXPORTER_VERSION = '1.5.1';

/** What it makes of stub_status: collector/nginx.go of that release. None has a label. */
export const exporterMetrics = [
  { name: 'nginx_up', type: 'gauge' },
  { name: 'nginx_connections_active', type: 'gauge' },
  { name: 'nginx_connections_accepted', type: 'counter' },
  { name: 'nginx_connections_handled', type: 'counter' },
  { name: 'nginx_connections_reading', type: 'gauge' },
  { name: 'nginx_connections_writing', type: 'gauge' },
  { name: 'nginx_connections_waiting', type: 'gauge' },
  { name: 'nginx_http_requests_total', type: 'counter' },
] as const;
