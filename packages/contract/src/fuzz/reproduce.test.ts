import { describe, expect, test } from 'vitest';
import { type Attack, parseStep, type Step, stepText } from './attack.ts';
import { growth } from './growth.ts';
import { makeAttack } from './make-attack.ts';
import { Random } from './random.ts';
import { reduce } from './reduce.ts';
import { reproduction } from './reproduce.ts';

const send = (text: string): Step => ({ kind: 'send', bytes: Buffer.from(text, 'latin1') });
const MIB = 2 ** 20;

describe('a seed', () => {
  const attacks = (seed: string) =>
    Array.from({ length: 60 }, (_, i) =>
      makeAttack(new Random(`${seed}/${i}`), { dialect: 'socketio', path: '/x', deflate: true }),
    );

  test('makes the same attacks again, and another seed others', () => {
    expect(attacks('7')).toEqual(attacks('7'));
    expect(attacks('7')).not.toEqual(attacks('8'));
  });

  test('makes attacks that can be written down and read again', () => {
    const made = attacks('7');
    expect(made.map((attack) => attack.map(stepText).map(parseStep))).toEqual(made);
  });
});

test('what is no step of an attack is refused', () => {
  expect(() => parseStep('send 8')).toThrow(
    /^"send 8" is no step of an attack; allowed: send with hex digits/,
  );
});

describe('reduce', () => {
  test('leaves what fails together, and nothing else', async () => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    const fails = async (fewer: readonly number[]) => [3, 50, 97].every((needed) => fewer.includes(needed));
    expect(await reduce(items, fails)).toEqual([3, 50, 97]);
  });

  test('returns what it has when it is told to stop', async () => {
    let left = 1;
    const goOn = () => left-- > 0;
    expect(await reduce([1, 2, 3, 4], async () => true, goOn)).toEqual([1, 2, 3, 4]);
  });
});

describe('a reproduction', () => {
  const harmless: Attack = [send('GET / HTTP/1.1'), { kind: 'answer' }, { kind: 'fin' }];
  const deadly: Attack = [send('GET / HTTP/1.1'), { kind: 'turn' }, send('xxxBxx'), { kind: 'reset' }];
  const harms = async (attacks: readonly Attack[]) =>
    attacks.some(
      (attack) =>
        attack.some((step) => step.kind === 'reset') &&
        attack.some((step) => step.kind === 'send' && step.bytes.includes('B')),
    );

  test('is the one attack, and of it the steps and bytes that it takes', async () => {
    const found = await reproduction([harmless, harmless, deadly, harmless], harms, () => true);
    expect(found!.map((attack) => attack.map(stepText))).toEqual([['send "B"', 'reset']]);
  });

  test('is none when it does not happen again', async () => {
    expect(await reproduction([harmless], harms, () => true)).toBeUndefined();
  });
});

describe('memory', () => {
  const readings = (of: (i: number) => number) => Array.from({ length: 40 }, (_, i) => of(i) * MIB);

  test('that grows all the time is growth', () => {
    expect(growth(readings((i) => 80 + 3 * i))?.sentence).toBe(
      'memory without attackers was at most 137 MiB, and later at least 170 MiB',
    );
  });

  test('that grows at first and then swings is none', () => {
    expect(growth(readings((i) => Math.min(150, 80 + 20 * i) + (i % 5) * 8))).toBeUndefined();
  });

  test('of a few readings says nothing', () => {
    expect(growth(readings((i) => 80 + 30 * i).slice(0, 15))).toBeUndefined();
  });
});
