import { emptyHistogram, encodeHistogram } from '@ws-arena/load/histogram';
import type { LoadResult } from '@ws-arena/load/load-result';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { describe, expect, test } from 'vitest';
import { LiveLine, liveText } from './live-line.ts';
import { percentileFile } from './percentile-file.ts';
import { distributions } from './percentiles.ts';
import { summary } from './summary.ts';
import { checkThresholds, parseThreshold } from './threshold.ts';

const histogram = emptyHistogram();
for (let ms = 1; ms <= 1000; ms += 1) histogram.recordValue(ms * 1e6);
const encoded = encodeHistogram(histogram);

const result: LoadResult = {
  connections: {
    asked: 1_000_000,
    opened: 999_990,
    failed: { refused: 4, 'status 503': 6 },
    closed: { '1006': 2, '1001': 3 },
  },
  extensions: 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  measuredNs: 30e9,
  messages: {
    offered: 150_000,
    sent: 149_000,
    expected: 149_000,
    delivered: 148_990,
    lost: 10,
    duplicated: 1,
    reordered: 2,
    corrupted: 0,
  },
  bytes: { wireSent: 12e9, wireReceived: 11e9, payloadSent: 10e9, payloadReceived: 9e9 },
  latencyIntended: encoded,
  latencyActual: encoded,
  scheduleLag: encoded,
  handshake: encoded,
  handshakes: 0,
  generator: {
    processes: 2,
    pids: [1, 2],
    cpuUserUs: 1,
    cpuSystemUs: 1,
    busiest: 0.997,
    behindSchedule: true,
  },
  warnings: [
    {
      kind: 'behind-schedule',
      detail:
        'of 150,000 messages 1,000 were not sent in time; 4,966/s of the 5,000/s that were asked for were reached',
    },
  ],
};

const open: LoadSpec = {
  ...defaultSpec,
  urls: ['wss://a-rather-long-name.of-a-host.example.org:8443/with/a/long/path/too?and=a&query=string'],
  connections: 1_000_000,
  load: { kind: 'open', ratePerSec: 5000, over: 'connection', arrivals: 'poisson', profile: 'step' },
};

describe('the summary', () => {
  const text = summary(
    open,
    result,
    checkThresholds(['p99>20ms', 'lost>100', 'mean<1s'].map(parseThreshold), result),
  );

  test('stands within 80 columns', () => {
    const [url, ...lines] = text.split('\n');
    expect(url).toBe(open.urls[0]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('says what was offered, sent and delivered, what failed, and what was doubtful', () => {
    expect(text).toContain('150,000 offered, 149,000 sent, 148,990 delivered (4,966/s)');
    expect(text).toContain('10 lost, 1 duplicated, 2 reordered, 0 corrupted');
    expect(text.replace(/\s+/g, ' ')).toContain(
      '999,990 opened of 1,000,000; failed: 4 refused, 6 status 503; closed: 3 1001, 2 1006',
    );
    expect(text).toMatch(/^latency +500 ms +900 ms +990 ms +999 ms +1\.00 s +501 ms$/m);
    expect(text).toMatch(/^warning +behind-schedule: of 150,000/m);
    expect(text).toMatch(/^FAILED +p99>20ms: is 990 ms$/m);
    expect(text).toMatch(/^ok +lost>100: is 10$/m);
    expect(text).toMatch(/^FAILED +mean<1s: is 50\d ms$/m);
  });

  test('never shows a closed loop as latency', () => {
    const closed = summary(defaultSpec, { ...result, latencyIntended: undefined as never }, []);
    expect(closed).not.toMatch(/^latency/m);
    expect(closed).toMatch(/^note +a closed loop waits for the server/m);
    expect(Object.keys(distributions(defaultSpec, result))).not.toContain('from the send');
  });
});

describe('thresholds', () => {
  test.each([
    ['p99>20ms', true],
    ['p99>2s', false],
    ['p99.9<=999ms', false],
    ['p50<600ms', true],
    ['max>=1s', true],
    ['handshake-p50>1s', false],
    ['lag-p99>1ms', true],
    ['rate<5000', true],
    ['rate<4k', false],
    ['lost>0', true],
    ['failed>10', false],
    ['failed>=10', true],
    ['closed>4', true],
  ])('%s: fails %s', (rule, failed) => {
    expect(checkThresholds([parseThreshold(rule)], result)[0]!.failed).toBe(failed);
  });

  test('a figure that was not measured is a miss', () => {
    const { latencyIntended: _, latencyActual: __, ...without } = result;
    expect(checkThresholds([parseThreshold('p99>20ms')], without)[0]).toMatchObject({
      value: undefined,
      failed: true,
    });
  });
});

test('the percentile file is in milliseconds, in the format of HdrHistogram', () => {
  const lines = percentileFile(encoded).split('\n');
  expect(lines[0]).toMatch(/^ +Value +Percentile +TotalCount +1\/\(1-Percentile\)$/);
  const rows = lines.map((line) => /^ +([\d.]+) ([\d.]+) +(\d+)/.exec(line)).filter((row) => row !== null);
  const median = rows.find((row) => row[2] === '0.500000000000');
  expect(Number(median?.[1])).toBeCloseTo(500, -1);
  expect(lines.join('\n')).toMatch(/Total count +=\s+1000\]/);
});

describe('the live line', () => {
  const at = (elapsedMs: number, sent: number) => ({
    phase: 'measuring' as const,
    elapsedMs,
    connections: 1000,
    sent,
    received: sent - 10,
  });

  test('has the rates since the line before', () => {
    expect(liveText(at(2000, 11_000), at(1000, 6000))).toBe(
      'measuring 2s, 1,000 connections, 5,000 sent/s, 5,000 received/s',
    );
    expect(liveText(at(0, 0), undefined)).toBe('measuring 0s, 1,000 connections');
  });

  test('is overwritten on a terminal, and a line each elsewhere', () => {
    const written: string[] = [];
    const show = (isTty: boolean) => {
      written.length = 0;
      const live = new LiveLine({ isTty, err: (text) => written.push(text) });
      live.update(at(0, 0));
      live.update(at(1000, 500));
      live.clear();
      return written.join('');
    };
    expect(show(true)).toBe(
      '\r\x1b[Kmeasuring 0s, 1,000 connections\r\x1b[Kmeasuring 1s, 1,000 connections, 500 sent/s, 500 received/s\r\x1b[K',
    );
    expect(show(false)).toBe(
      'measuring 0s, 1,000 connections\nmeasuring 1s, 1,000 connections, 500 sent/s, 500 received/s\n',
    );
  });
});
