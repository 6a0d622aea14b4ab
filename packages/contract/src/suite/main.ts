// node src/suite/main.ts TARGET [PART OF A ROW'S NAME]   the suite on one target, row by row
// node src/suite/main.ts                                 on all, and docs/parity.md from what they showed
import { writeFileSync } from 'node:fs';
import { type Target, targetNamed } from '../targets.ts';
import { type Outcomes, parityDoc, parityPath } from './parity-doc.ts';
import { prove } from './prove.ts';
import { provenTargets } from './proven-targets.ts';
import { redisRows } from './rows/redis.ts';

const [name, only] = process.argv.slice(2);
const one = name === undefined ? undefined : targetNamed(name);
if (name !== undefined && !one) {
  console.error(`there is no target ${name}; wanted one of ${provenTargets.map((t) => t.name).join(', ')}`);
  process.exit(2);
}

let wrong = 0;
const outcomes: Outcomes = new Map();
for (const target of one ? [one] : provenTargets) outcomes.set(target.name, await show(target));
if (!one && wrong === 0) writeFileSync(parityPath, parityDoc(outcomes));
process.exitCode = wrong > 0 ? 1 : 0;

async function show(target: Target): Promise<Map<string, string>> {
  // Asserted by the tests of infra, which has a Redis.
  const seen = new Map(redisRows.map((row) => [row.name, row.expected(target.capabilities)]));
  await prove(
    target,
    ({ row, expected, outcome, tookMs }) => {
      seen.set(row.name, outcome);
      const met = outcome === expected;
      if (!met) wrong += 1;
      console.log(
        `${met ? 'ok  ' : 'FAIL'} ${target.name} ${row.about}: ${row.name} (${Math.round(tookMs)} ms)`,
      );
      if (!met) console.log(`     wanted ${expected}\n     got    ${outcome}`);
    },
    only,
  );
  return seen;
}
