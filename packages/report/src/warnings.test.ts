import type { SliceResult } from '@ws-arena/load/slice';
import type { Warning } from '@ws-arena/load/warning';
import type { Case } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import type { MeasuredCase, Slice } from './blocks.ts';
import { sliceOf } from './testdata/slice.ts';
import { warningsOf } from './warnings.ts';

const of: Case = { scenario: 'load', target: 'ws', route: 'direct', params: { ratePerSec: 5000 } };

function measured(loads: readonly Partial<SliceResult>[], change: Partial<MeasuredCase> = {}): MeasuredCase {
  const slices = loads.map((load, block) => sliceOf({ block, load }) as Slice);
  return { index: 0, case: of, slices, trials: [], failed: [], planned: slices.length, ...change };
}

test.each<[string, readonly Partial<SliceResult>[], Warning[]]>([
  ['nothing is wrong', [{}, {}], []],
  [
    'losses of all slices are added, with what was offered, sent and delivered',
    [
      { lost: 1, delivered: 999 },
      { lost: 2, delivered: 998 },
    ],
    [{ kind: 'lost', detail: '3 messages lost (offered 2,000, sent 2,000, delivered 1,997)' }],
  ],
  [
    'so are messages that came twice, out of order or changed',
    [{ duplicated: 1, reordered: 2, corrupted: 3 }],
    [
      { kind: 'duplicated', detail: '1 message duplicated (offered 1,000, sent 1,000, delivered 1,000)' },
      { kind: 'reordered', detail: '2 messages reordered (offered 1,000, sent 1,000, delivered 1,000)' },
      { kind: 'corrupted', detail: '3 messages corrupted (offered 1,000, sent 1,000, delivered 1,000)' },
    ],
  ],
  [
    'sends that the generator left out',
    [{ sent: 900, delivered: 900 }],
    [
      {
        kind: 'behind-schedule',
        detail: 'the generator skipped sends (offered 1,000, sent 900, delivered 900)',
      },
    ],
  ],
  [
    'more than 1 % of all sends late',
    [{ late: 41 }, {}],
    [{ kind: 'behind-schedule', detail: '2 % of all sends left more than 5 ms late' }],
  ],
  ['1 % of them', [{ late: 20 }, {}], []],
  [
    'handshakes that failed and connections that ended, by reason',
    [{ failed: { refused: 2 }, closed: { '1006': 1 } }, { failed: { refused: 1, timeout: 1 } }],
    [
      { kind: 'connect-failed', detail: 'handshakes failed: 3 (refused), 1 (timeout)' },
      { kind: 'closed-unexpectedly', detail: 'connections ended unexpectedly: 1 (1006)' },
    ],
  ],
])('%s', (_what, loads, warnings) => {
  expect(warningsOf(measured(loads), 2)).toEqual(warnings);
});

test('blocks that are missing are said, but not those of a rate that broke its target', () => {
  const missing = { planned: 20 };
  expect(warningsOf(measured([{}], missing), 2)).toEqual([]);
  const connect = { ...missing, case: { ...of, scenario: 'connect' as const } };
  expect(warningsOf(measured([{}], connect), 2)).toEqual([
    { kind: 'few-samples', detail: 'measured in 1 of 20 blocks' },
  ]);
  const failed = [sliceOf({ error: 'ws ended' })];
  expect(warningsOf(measured([{}], { ...missing, failed }), 2)).toEqual([
    { kind: 'few-samples', detail: 'measured in 1 of 20 blocks: ws ended' },
  ]);
});

test('a kept window that finds every message in the one before is a best case', () => {
  const params = { level: 6, takeover: 'yes' };
  const [warning] = warningsOf(measured([{}], { case: { ...of, scenario: 'deflate', params } }), 2);
  expect(warning!.kind).toBe('all-alike');
});
