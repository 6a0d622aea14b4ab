import { emptyHistogram, encodeHistogram } from '@ws-arena/load/histogram';
import type { LoadResult, ReturnCounts } from '@ws-arena/load/load-result';
import { type Backoff, defaultSpec, type OpenLoad } from '@ws-arena/load/load-spec';
import type { ReplacedStep, Trial } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { absencesOf, backInTime, replacingFigures, replacingWarnings } from './replacing.ts';

const step = (at: number, atMs: number): ReplacedStep => ({
  instances: [at],
  atMs,
  endedMs: atMs + 10,
  readyMs: atMs + 100,
});

/** Two steps at 100 and 500 ms of 200 clients, in ticks of 50 ms. */
const returns: ReturnCounts = {
  tickMs: 50,
  clients: 200,
  ended: [0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0],
  begun: [0, 0, 0, 40, 50, 10, 0, 0, 0, 0, 0, 20, 0, 0],
  returned: [0, 0, 0, 40, 38, 0, 2, 0, 0, 0, 0, 20, 0, 0],
  waited: 7,
  lostUntouched: 1,
};

const reconnect: Backoff = { kind: 'full-jitter', windowMs: 50, maxMs: 250 };
const open: OpenLoad = {
  ...{ kind: 'open', ratePerSec: 100, over: 'all', arrivals: 'poisson', profile: 'constant' },
};

function trialOf(counts: Partial<ReturnCounts> = {}): Trial {
  const histogram = emptyHistogram();
  histogram.recordValueWithCount(2_000_000, 99);
  histogram.recordValueWithCount(9_000_000, 1);
  const load: Pick<LoadResult, 'messages' | 'returns' | 'latencyConnected' | 'absence'> = {
    messages: {
      ...{ offered: 100, sent: 100, expected: 100, delivered: 97, lost: 3 },
      ...{ duplicated: 1, reordered: 0, corrupted: 0 },
    },
    returns: { ...returns, ...counts },
    latencyConnected: encodeHistogram(histogram),
    absence: encodeHistogram(histogram),
  };
  return {
    ...{ type: 'trial', round: 0, startedAt: '', elapsedMs: 0, warnings: [] },
    case: { scenario: 'deploy', target: 'ws', route: 'nginx', params: { drainSpreadMs: 0 } },
    load: {
      ...load,
      connections: { asked: 200, opened: 200, failed: {}, closed: { 1001: 100 } },
      ...{ extensions: '', measuredNs: 7e8, handshakes: 300, warnings: [] },
      bytes: { wireSent: 0, wireReceived: 0, payloadSent: 0, payloadReceived: 0 },
      generator: { processes: 1, pids: [], cpuUserUs: 0, cpuSystemUs: 0, busiest: 0, behindSchedule: false },
    },
    spec: { ...defaultSpec, load: { ...open, reconnect } },
    replaced: [step(0, 100), step(1, 500)],
  };
}

const valuesOf = (trial: Trial) =>
  Object.fromEntries(replacingFigures([trial]).map(({ metric, values }) => [metric, values.get(0)]));

test('times until clients are back are those of the longest step; peaks and losses are counted', () => {
  expect(valuesOf(trialOf())).toMatchObject({
    // 99 %: two of 200 may be away; the last tick with more of the first step is number 3.
    backMostNs: 100e6,
    backAllNs: 200e6,
    awayMost: 0.4,
    handshakesPeak: (40 + 50 + 10) * 5,
    messagesLost: 3,
    lostWithConnection: 2,
    lostUntouched: 1,
    messagesRepeated: 1,
    messagesLate: 7,
  });
});

test('a client that is not back in time leaves the time until all are back out, with a warning', () => {
  const returned = returns.returned.map((count, tick) => (tick === 6 ? 0 : count));
  const trial = trialOf({ returned });
  expect(valuesOf(trial)).toMatchObject({ backMostNs: 100e6, awayMost: 0.4 });
  expect(valuesOf(trial)).not.toHaveProperty('backAllNs');
  expect(replacingWarnings(trial)).toEqual([
    { kind: 'not-back', detail: '2 of 200 clients were not back at the end' },
  ]);
  expect(replacingWarnings(trialOf())).toEqual([]);
});

test('a step is not charged with whom an earlier one left away, and who is cut off after its window is not back within it', () => {
  const late = returns.returned.map((count, tick) => (tick === 6 ? 0 : tick === 4 ? 30 : count));
  const shares = (counts: Partial<ReturnCounts>) => [
    ...replacingFigures([trialOf(counts)])
      .find(({ metric }) => metric === 'backInWindow')!
      .values.values(),
  ];
  // The first leaves ten away for good; all 20 of the second are back in time.
  expect(shares({ returned: late })[1]).toBe(1);
  // Of the second's 20, ten end 100 ms after its window of 50 ms.
  const ended = returns.ended.map((count, tick) => (tick === 10 ? 10 : tick === 13 ? 10 : count));
  const returned = returns.returned.map((count, tick) => (tick === 11 ? 10 : count));
  expect(shares({ ended, returned })[1]).toBe(0.5);
});

test('a trial with a step whose clients were not back before the next has no time, and says why', () => {
  const returned = returns.returned.map((count, tick) => (tick === 4 ? 0 : tick === 12 ? 38 : count));
  const trial = trialOf({ returned });
  expect(valuesOf(trial)).not.toHaveProperty('backMostNs');
  expect(replacingWarnings(trial)).toContainEqual({
    kind: 'not-back',
    detail: 'after 1 of 2 replacements more than 1 % of the clients were not back before the next',
  });
});

test('a step that cost nobody a connection takes no time', () => {
  const none = returns.ended.map(() => 0);
  expect(valuesOf(trialOf({ ended: none, returned: none }))).toMatchObject({ backAllNs: 0, awayMost: 0 });
});

test('of each step, who is back within the window counts: the spread of the drain and the longest first wait', () => {
  // The first step begins at 100 ms; 50 ms later 40 of its 80 clients are away, all but 2 at 200 ms.
  expect(valuesOf(trialOf())).toMatchObject({ backInWindow: 0.5 });
  // Of the second step all are back.
  expect(backInTime([trialOf()])).toBe('1 of 2 times, of 50 ms');
  const socketio = {
    ...trialOf(),
    spec: { ...defaultSpec, load: { ...open, reconnect: { ...reconnect, kind: 'socketio' } } },
  } as const;
  expect(valuesOf(socketio)).toMatchObject({ backInWindow: 0.5 });
  expect(backInTime([socketio])).toBe('1 of 2 times, of 75 ms');
  const drained: Trial = { ...trialOf(), case: { ...trialOf().case, params: { drainSpreadMs: 150 } } };
  expect(valuesOf(drained)).toMatchObject({ backInWindow: 1 });
  expect(backInTime([drained])).toBe('yes, of 200 ms');
  // As one step: who is cut off at 500 ms is after its window.
  expect(backInTime([{ ...drained, replaced: [step(0, 100)] }])).toBe('no, of 200 ms');
  expect(backInTime([{ ...trialOf(), replaced: [step(0, 100)] }])).toBe('no, of 50 ms');
  expect(backInTime([drained, { ...drained, case: trialOf().case }])).toBe('3 of 4 times, of 200 ms');
});

test('sessions that were restored are a share of the returns; older results do not tell them, nor who lost', () => {
  expect(valuesOf(trialOf({ recovered: 25 }))).toMatchObject({ sessionsRestored: 25 / 100 });
  const { lostUntouched: _, ...older } = returns;
  const values = valuesOf({ ...trialOf(), load: { ...trialOf().load!, returns: older } });
  for (const name of ['sessionsRestored', 'lostWithConnection', 'lostUntouched'])
    expect(values).not.toHaveProperty(name);
});

test('the course of an absence holds the most clients away in each 200 ms', () => {
  const trial = trialOf();
  const [absence] = absencesOf({
    ...{ index: 0, case: trial.case, slices: [], failed: [], planned: 1 },
    trials: [trial],
  });
  expect(absence).toMatchObject({ target: 'ws', steps: [0.1, 0.5] });
  expect(absence!.course).toEqual([
    [0, 0.4],
    [0.2, 0.01],
    [0.4, 0.1],
    [0.6, 0],
  ]);
});
