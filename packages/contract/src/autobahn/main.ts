// node src/autobahn/main.ts [TARGET]   runs the Autobahn test suite and records the outcomes, and writes docs/conformance.md
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conformanceDoc, conformancePath } from '../rfc/conformance-doc.ts';
import { TargetUnavailable } from '../target-unavailable.ts';
import { autobahnSuite } from './autobahn-suite.ts';
import { autobahnTargets, record, recorded, runAutobahn } from './run-autobahn.ts';

const [only] = process.argv.slice(2);
const targets = autobahnTargets.filter(({ name }) => only === undefined || name === only);
if (targets.length === 0) {
  console.error(`there is no target ${only}; wanted one of ${autobahnTargets.map((t) => t.name).join(', ')}`);
  process.exit(2);
}
const suite = await autobahnSuite();
for (const target of targets) {
  const outDir = mkdtempSync(join(tmpdir(), 'autobahn-'));
  try {
    const before = recorded(target.name);
    const outcomes = await runAutobahn(suite, target, { cases: ['*'], outDir });
    record(target.name, outcomes);
    for (const [id, outcome] of Object.entries(outcomes)) {
      if (before[id] !== outcome) console.log(`${target.name} ${id}: ${outcome}, was ${before[id]}`);
    }
  } catch (error) {
    if (!(error instanceof TargetUnavailable)) throw error;
    console.error(`${target.name} is left as it was: ${error.message}`);
  } finally {
    rmSync(outDir, { recursive: true });
  }
}
writeFileSync(conformancePath, conformanceDoc());
