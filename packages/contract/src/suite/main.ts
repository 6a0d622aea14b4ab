// `node packages/contract/src/suite/main.ts TARGET [PART OF A ROW'S NAME]`: the suite on one target, row by row.
import { prove } from './prove.ts';

const [target, only] = process.argv.slice(2);
if (target === undefined) {
  console.error('wanted: the name of a target, and optionally a part of the names of rows');
  process.exit(2);
}
let wrong = 0;
await prove(
  target,
  ({ about, name, expected, outcome, tookMs }) => {
    const met = outcome === expected;
    if (!met) wrong += 1;
    console.log(`${met ? 'ok  ' : 'FAIL'} ${about}: ${name} (${Math.round(tookMs)} ms)`);
    if (!met) console.log(`     wanted ${expected}\n     got    ${outcome}`);
  },
  only,
);
process.exitCode = wrong > 0 ? 1 : 0;
