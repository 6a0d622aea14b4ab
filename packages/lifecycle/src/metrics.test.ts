import { metrics as names } from '@ws-arena/server-interface/metric-names';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Metrics } from './metrics.ts';

test('every metric of the contract is served with its type, and no other', async () => {
  const metrics = new Metrics();
  metrics.watchRedis({ up: true, lost: 3 });
  const text = await metrics.text();
  expect(text.split('\n')).toEqual(expect.arrayContaining(['ws_redis_up 1', 'ws_redis_lost_total 3']));
  const served = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  expect(served.sort()).toEqual(
    Object.values(names)
      .map(({ name, type }) => `${name} ${type}`)
      .sort(),
  );
});

test('what was counted is what is served, and a scrape changes nothing', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const metrics = new Metrics();
  metrics.opened();
  metrics.opened();
  metrics.opened();
  metrics.closed(1006);
  metrics.closed(4321);
  metrics.echoed(100);
  metrics.received(50);
  metrics.received(150);
  metrics.sent(4, 25);
  metrics.cut('write_wait');
  metrics.rejected(404);
  const lines = [
    'ws_connections 1',
    'ws_messages_total{direction="received"} 3',
    'ws_messages_total{direction="sent"} 5',
    'ws_message_bytes_total{direction="received"} 300',
    'ws_message_bytes_total{direction="sent"} 200',
    'ws_closes_total{code="1006"} 1',
    'ws_closes_total{code="4xxx"} 1',
    'ws_cuts_total{reason="write_wait"} 1',
    'ws_cuts_total{reason="pong_wait"} 0',
    'ws_rejected_upgrades_total{status="404"} 1',
  ];
  for (let scrape = 0; scrape < 2; scrape += 1) {
    expect((await metrics.text()).split('\n')).toEqual(expect.arrayContaining(lines));
    vi.advanceTimersByTime(100);
  }
});

test('who asks again at once gets the same text, and a moment later a new one', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const metrics = new Metrics();
  const text = metrics.text();
  metrics.opened();
  expect(metrics.text()).toBe(text);
  vi.advanceTimersByTime(100);
  expect(await metrics.text()).toContain('ws_connections 1');
});
