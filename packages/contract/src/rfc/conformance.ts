import type { JudgedCase } from '@ws-arena/results/conformance';
import { eachAtOnce } from '../each-at-once.ts';
import { Fleet } from '../suite/fleet.ts';
import type { Target } from '../targets.ts';
import { rfcCases } from './cases.ts';
import { type RfcCase, verdict } from './rfc-case.ts';
import { ruleText } from './rules.ts';
import { runCase } from './run-case.ts';

/** What one wire case showed on one target. */
export interface Conformance extends JudgedCase {
  readonly autobahn?: string;
  /** What the RFC asks for. */
  readonly expected: string;
  readonly outcome: string;
}

const AT_ONCE = 8;

/** An outcome with what the RFC asked for beside it. */
export function judged(rfcCase: RfcCase, outcome: string): Conformance {
  return {
    name: rfcCase.name,
    rule: ruleText(rfcCase.rule),
    ...(rfcCase.autobahn && { autobahn: rfcCase.autobahn }),
    expected: rfcCase.wants.join(' or '),
    outcome,
    verdict: verdict(rfcCase, outcome),
  };
}

/**
 * Starts `target` without deflate, with it, and with context takeover, and runs every case of the RFC table on it; outcomes come in the
 * table's order, once all are in. Takes some seconds.
 * @throws TargetUnavailable when the target cannot run here.
 */
export async function conformance(target: Target, onOutcome: (outcome: Conformance) => void): Promise<void> {
  const fleet = new Fleet(target);
  try {
    const servers = {
      plain: await fleet.server('base'),
      ...(target.capabilities.deflateLevels.length > 0 && { deflate: await fleet.server('deflate') }),
      ...(target.capabilities.deflateContextTakeover && { takeover: await fleet.server('deflate-takeover') }),
    };
    const outcomes = new Map<RfcCase, string>();
    await eachAtOnce(rfcCases, AT_ONCE, async (one) => {
      outcomes.set(one, await runCase(one, servers));
    });
    for (const rfcCase of rfcCases) onOutcome(judged(rfcCase, outcomes.get(rfcCase)!));
  } finally {
    await fleet.stop();
  }
}
