import { expect, test } from 'vitest';
import { Sequence, type SequenceFaults } from './sequence.ts';

/** Sends `before` messages, opens the window, sends `inside`, closes it, sends `after`; then hears `replies`. */
function run(before: number, inside: number, after: number, replies: readonly number[]) {
  const sequence = new Sequence();
  const faults: SequenceFaults = { duplicated: 0, reordered: 0, corrupted: 0 };
  sequence.next += before;
  sequence.beginWindow();
  sequence.next += inside;
  sequence.endWindow();
  sequence.next += after;
  let freed = 0;
  for (const number of replies) {
    if (number === sequence.expected) {
      sequence.expected++;
      freed++;
    } else freed += sequence.fault(number, faults);
  }
  return { sent: sequence.sent, lost: sequence.lost, ...faults, freed, complete: sequence.complete };
}

const clean = { duplicated: 0, reordered: 0, corrupted: 0 };

test.each([
  [
    'all back',
    [3, 4, 2],
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
    { ...clean, sent: 4, lost: 0, freed: 9, complete: true },
  ],
  ['the last two lost', [0, 4, 0], [0, 1], { ...clean, sent: 4, lost: 2, freed: 2, complete: false }],
  ['one lost in between', [0, 4, 0], [0, 2, 3], { ...clean, sent: 4, lost: 1, freed: 4, complete: false }],
  [
    'a loss before the window',
    [3, 4, 0],
    [0, 2, 3, 4, 5, 6],
    { ...clean, sent: 4, lost: 0, freed: 7, complete: false },
  ],
  [
    'a loss after the window',
    [0, 2, 3],
    [0, 1, 2, 4],
    { ...clean, sent: 2, lost: 0, freed: 5, complete: false },
  ],
  [
    'two swapped',
    [0, 4, 0],
    [0, 2, 1, 3],
    { ...clean, reordered: 1, sent: 4, lost: 0, freed: 4, complete: true },
  ],
  [
    'one twice',
    [0, 4, 0],
    [0, 1, 1, 2, 3],
    { ...clean, duplicated: 1, sent: 4, lost: 0, freed: 4, complete: true },
  ],
  [
    'one late, then twice',
    [0, 3, 0],
    [1, 0, 0, 2],
    { ...clean, reordered: 1, duplicated: 1, sent: 3, lost: 0, freed: 3, complete: true },
  ],
  [
    'a duplicate of the warm-up',
    [2, 2, 0],
    [0, 0, 1, 2, 3],
    { ...clean, sent: 2, lost: 0, freed: 4, complete: true },
  ],
  [
    'without a number, and never sent',
    [0, 2, 0],
    [0, -1, 7, 1],
    { ...clean, corrupted: 2, sent: 2, lost: 0, freed: 2, complete: true },
  ],
  ['nothing back', [1, 3, 1], [], { ...clean, sent: 3, lost: 3, freed: 0, complete: false }],
])('%s', (_name, [before, inside, after], replies, wanted) => {
  expect(run(before!, inside!, after!, replies)).toEqual(wanted);
});

test('what is lost with a connection is told from what was lost while it stood, and counts no more once it has come', () => {
  const sequence = new Sequence();
  const faults: SequenceFaults = { duplicated: 0, reordered: 0, corrupted: 0 };
  sequence.beginWindow();
  sequence.next = 6;
  // Number 0 is passed over on a connection that stands; 3 to 5 are under way when it ends.
  for (const number of [1, 2]) {
    if (number === sequence.expected) sequence.expected++;
    else sequence.fault(number, faults);
  }
  sequence.cut();
  sequence.next = 8;
  expect([sequence.lost, sequence.lostWithConnection]).toEqual([6, 3]);
  // The server kept 4; 6 comes on the next connection, and 7 is lost there.
  for (const number of [4, 6]) sequence.fault(number, faults);
  sequence.endWindow();
  expect([sequence.lost, sequence.lostWithConnection]).toEqual([4, 2]);
});

test('without a window nothing counts', () => {
  const sequence = new Sequence();
  sequence.next += 5;
  sequence.endWindow();
  expect([sequence.sent, sequence.lost]).toEqual([0, 0]);
});
