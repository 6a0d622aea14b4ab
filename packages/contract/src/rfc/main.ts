// node src/rfc/main.ts [TARGET]   runs the RFC table, records the outcomes and writes docs/conformance.md
import { writeFileSync } from 'node:fs';
import { rfcTargets } from '../suite/proven-targets.ts';
import { TargetUnavailable } from '../target-unavailable.ts';
import { conformance } from './conformance.ts';
import { conformanceDoc, conformancePath } from './conformance-doc.ts';
import { record, recorded } from './recorded.ts';

const [only] = process.argv.slice(2);
const targets = rfcTargets.filter(({ name }) => only === undefined || name === only);
if (targets.length === 0) {
  console.error(`there is no target ${only}; wanted one of ${rfcTargets.map((t) => t.name).join(', ')}`);
  process.exit(2);
}
for (const target of targets) {
  const before = recorded(target.name);
  const outcomes: Record<string, string> = {};
  try {
    await conformance(target, ({ name, outcome, verdict }) => {
      outcomes[name] = outcome;
      if (before[name] !== outcome) {
        console.log(`${target.name}: ${name}: ${outcome} (${verdict}), was ${before[name]}`);
      }
    });
    record(target.name, outcomes);
  } catch (error) {
    if (!(error instanceof TargetUnavailable)) throw error;
    console.error(`${target.name} is left as it was: ${error.message}`);
  }
}
writeFileSync(conformancePath, conformanceDoc());
