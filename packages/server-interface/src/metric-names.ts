/**
 * The Prometheus metrics that every server serves at `/metrics`; no dashboard panel asks a server for another. Those of the
 * process have the names that Prometheus' own client libraries give them.
 * `labels` in the order in which they are declared.
 */
export const metrics = {
  connections: { name: 'ws_connections', type: 'gauge', help: 'Open WebSocket connections', labels: [] },
  messages: {
    name: 'ws_messages_total',
    type: 'counter',
    help: 'Messages, by direction (received, sent)',
    labels: ['direction'],
  },
  bytes: {
    name: 'ws_message_bytes_total',
    type: 'counter',
    help: 'Payload bytes of messages, uncompressed, by direction (received, sent)',
    labels: ['direction'],
  },
  closes: {
    name: 'ws_closes_total',
    type: 'counter',
    help: 'Ended connections, by the close code that the client saw (1006 when there was none; 3xxx, 4xxx and other for codes that are not registered)',
    labels: ['code'],
  },
  cuts: {
    name: 'ws_cuts_total',
    type: 'counter',
    help: 'Connections that the server cut off, by reason (pong_wait, write_wait, buffer_full)',
    labels: ['reason'],
  },
  rejects: {
    name: 'ws_rejected_upgrades_total',
    type: 'counter',
    help: 'Upgrade requests refused, by HTTP status (400, 401, 403, 404, 503)',
    labels: ['status'],
  },
  redisUp: {
    name: 'ws_redis_up',
    type: 'gauge',
    help: '1 while Redis carries what is sent to rooms, 0 while it is away; only with redisUrl',
    labels: [],
  },
  redisLost: {
    name: 'ws_redis_lost_total',
    type: 'counter',
    help: 'Messages to rooms that were given up because Redis was away or too slow; only with redisUrl',
    labels: [],
  },
  loopLag: {
    name: 'ws_event_loop_lag_seconds',
    type: 'gauge',
    help: 'Event-loop delay since the last scrape, by quantile (0.5, 0.99, 1); only where there is a loop',
    labels: ['quantile'],
  },
  residentMemory: {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory size in bytes.',
    labels: [],
  },
  cpuSeconds: {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    help: 'Total user and system CPU time spent in seconds.',
    labels: [],
  },
} as const satisfies Record<
  string,
  { name: string; type: 'gauge' | 'counter'; help: string; labels: readonly string[] }
>;
