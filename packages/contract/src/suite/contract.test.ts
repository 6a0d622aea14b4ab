import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { TargetUnavailable } from '../target-unavailable.ts';
import { whyUnavailable } from './available.ts';
import { Fleet } from './fleet.ts';
import { expectedOutcomes, parityDoc, parityPath } from './parity-doc.ts';
import { provenTargets } from './proven-targets.ts';
import { rows } from './rows.ts';

// Every row of the contract on every server that runs here: what a client on the wire sees is what the capabilities say.
const fleets = await Promise.all(
  provenTargets.map(async (target) => {
    const fleet = new Fleet(target);
    return { fleet, unavailable: await whyUnavailable(fleet) };
  }),
);

describe.concurrent.each(fleets)('$fleet.target.name', ({ fleet, unavailable }) => {
  afterAll(() => fleet.stop());
  if (unavailable) {
    test(`cannot run here: ${unavailable.message}`, () => {
      expect(unavailable).toBeInstanceOf(TargetUnavailable);
    });
    return;
  }
  test.concurrent.each(rows)('$about: $name', async ({ run, expected }) => {
    expect(await run(fleet)).toBe(expected(fleet.target.capabilities));
  });
});

test('docs/parity.md says what is asserted here', () => {
  expect(readFileSync(parityPath, 'utf8')).toBe(parityDoc(expectedOutcomes()));
});

test('no two rows share a name', () => {
  const names = rows.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
