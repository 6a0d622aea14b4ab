import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Countdown } from './countdown.ts';
import { type GroupProgress, Progress } from './progress.ts';

describe('the time left', () => {
  /** Shows each estimate a second after the one before. */
  function shown(...estimates: readonly number[]): number[] {
    let now = 0;
    const countdown = new Countdown(() => now);
    return estimates.map((seconds) => {
      const ms = countdown.show(seconds * 1000);
      now += 1000;
      return ms / 1000;
    });
  }

  test('follows an estimate that is right', () => {
    expect(shown(60, 59, 58, 57)).toEqual([60, 59, 58, 57]);
  });

  test('does not jump when a stage ends early: it falls four times as fast until it is right', () => {
    expect(shown(240, 59, 58, 57)).toEqual([240, 236, 232, 228]);
  });

  test('never rises: a run that takes longer is counted slower', () => {
    expect(shown(59, 240, 239)).toEqual([59, 58.75, 58.5]);
  });

  test('is never below 0', () => {
    expect(shown(1, 0, 100, 100).every((seconds) => seconds >= 0)).toBe(true);
  });
});

describe('what a run shows', () => {
  function terminal(isTTY: boolean) {
    let text = '';
    const out = new PassThrough().on('data', (chunk) => {
      text += chunk;
    });
    const stream = Object.assign(out, { isTTY, columns: 80, rows: 24 }) as PassThrough & NodeJS.WriteStream;
    return { progress: new Progress(stream, new Countdown(() => 0)), text: () => text };
  }
  const group: GroupProgress = {
    scenario: 'load',
    params: { ratePerSec: 20_000, burst: 1 },
    blocks: 12,
    halfWidth: 0.031,
    costs: [
      ['ws', 13_300],
      ['uws', 10_100],
      ['mine', Number.POSITIVE_INFINITY],
    ],
  };

  test('on a terminal: load, blocks, how well the ratios are known, and costs, drawn over what stood there', () => {
    const { progress, text } = terminal(true);
    progress.begin('load direct', 5000, 7000);
    progress.pass(
      11,
      [group, { ...group, params: { ratePerSec: 5000, burst: 16 }, halfWidth: Infinity }],
      4000,
    );
    progress.pass(12, [group], 3000);
    const [, , second, third] = text().split('\u001b[J');
    expect(second).toContain('load direct  block 12  at most 12 s left\n');
    expect(second).toContain(
      '  load 20k/s, spread       12 blocks  ±3.1 %  ws 13.3 µs  uws 10.1 µs  mine –\n',
    );
    expect(
      second!
        .split('\r')[0]!
        .split('\n')
        .every((line) => line.length < 80),
    ).toBe(true);
    expect(second).toSatisfy((drawn: string) => drawn.endsWith('\r\u001b[2A'));
    expect(third).toContain('all ratios ±3.1 %');
    progress.close();
    expect(text().endsWith('\r\u001b[1A\u001b[J')).toBe(true);
  });

  test('elsewhere: a line for each stage and note, no escapes', () => {
    const { progress, text } = terminal(false);
    progress.begin('load direct', 5000, 7000);
    progress.pass(1, [group], 4000);
    progress.note('coder is missing');
    progress.close();
    expect(text()).toBe('load direct  at most 12 s left\ncoder is missing\n');
  });
});
