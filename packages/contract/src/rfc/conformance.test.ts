import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rfcTargets } from '../suite/proven-targets.ts';
import { TargetUnavailable } from '../target-unavailable.ts';
import { rfcCases } from './cases.ts';
import { conformance } from './conformance.ts';
import { conformanceDoc, conformancePath } from './conformance-doc.ts';
import { recorded } from './recorded.ts';
import { type RuleId, rfcRules } from './rules.ts';

describe('the outcome of each RFC case is the recorded one', () => {
  test.for(rfcTargets)('$name', async (target, { skip }) => {
    const outcomes: Record<string, string> = {};
    try {
      await conformance(target, ({ name, outcome }) => {
        outcomes[name] = outcome;
      });
    } catch (error) {
      if (error instanceof TargetUnavailable) skip(`the target ${target.name}: ${error.message}`);
      throw error;
    }
    expect(outcomes).toEqual(recorded(target.name));
  });
});

test.each(rfcTargets)('the capabilities of $name say what is recorded', ({ name, capabilities }) => {
  const seen = recorded(name);
  const close = (code: number | string) =>
    code === 1006 || code === 'dropped' ? 'dropped' : `close ${code}`;
  expect(seen['reserved opcode 3']).toBe(close(capabilities.protocolErrorCode));
  expect(seen['not UTF-8: ce']).toBe(
    capabilities.invalidUtf8 === 'echoed' ? 'a message that is no echo' : close(capabilities.invalidUtf8),
  );
});

test('docs/conformance.md says what is recorded', () => {
  expect(readFileSync(conformancePath, 'utf8')).toBe(conformanceDoc());
});

test('every rule has a case', () => {
  const tested = new Set(rfcCases.map(({ rule }) => rule));
  expect(Object.keys(rfcRules).filter((id) => !tested.has(id as RuleId))).toEqual([]);
});

test('no two cases share a name', () => {
  const names = rfcCases.map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
