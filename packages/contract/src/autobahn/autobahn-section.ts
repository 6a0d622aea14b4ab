import { AUTOBAHN_VERSION } from './autobahn-suite.ts';
import { autobahnTargets, recorded } from './run-autobahn.ts';

/** How the suite judges a case, from good to bad; `INFORMATIONAL` asks for nothing, `UNIMPLEMENTED` was not agreed on. */
const judgements = ['OK', 'NON-STRICT', 'FAILED', 'INFORMATIONAL', 'UNIMPLEMENTED'] as const;

/** The suite's judgement of the case, without that of how the connection was closed. */
export const judgementOf = (outcome: string): string => outcome.split(',', 1)[0]!;

/** The section of docs/conformance.md about the Autobahn test suite, from the recorded outcomes. */
export function autobahnSection(): string {
  const all = autobahnTargets.map(({ name }) => ({ name, outcomes: Object.entries(recorded(name)) }));
  const missing = all.filter(({ outcomes }) => outcomes.length === 0).map(({ name }) => name);
  const known = all.filter(({ name }) => !missing.includes(name));
  const rows = known.map(({ name, outcomes: each }) => {
    const outcomes = each.map(([id, outcome]) => ({
      id,
      judgement: judgementOf(outcome),
    }));
    const of = (wanted: string) => outcomes.filter(({ judgement }) => judgement === wanted);
    const bad = [...of('NON-STRICT'), ...of('FAILED')].map(({ id }) => id).join(', ');
    return `| ${[name, ...judgements.map((word) => of(word).length), bad || '–'].join(' | ')} |`;
  });
  return `## The Autobahn test suite

\`pnpm bench conformance --autobahn\` runs the fuzzing client of the Autobahn test suite, version ${AUTOBAHN_VERSION}, where Python 2.7
is installed: 517 cases on each server that speaks plain WebSocket, with a read limit of 32 MiB, and with deflate on where
the target has it. It says which outcomes differ from those in \`packages/contract/src/autobahn/expected\`, which
\`pnpm --filter @ws-arena/contract autobahn\` records. The words are the suite's: NON-STRICT keeps the RFC's MUST and not
its SHOULD, UNIMPLEMENTED is a case of compression that the server did not agree on.

| target | ${judgements.join(' | ')} | NON-STRICT or FAILED |
| --- | ${judgements.map(() => '--:').join(' | ')} | --- |
${rows.join('\n')}
${missing.length > 0 ? `\nNot recorded yet: ${missing.join(', ')}.\n` : ''}
What is not OK is the libraries':

- **6.4.1 to 6.4.4** send text that turns invalid before its message is whole, and the suite wants the end at once. These
  servers check a message when they have all of it, which RFC 6455 leaves to them (8.1).
- **3.2 to 5.15 of uws**: the connection ends before the echoes of the same read are sent.
- **7.5.1 of coder**: the reason of a close frame is not UTF-8. coder/websocket takes it for text and answers with the same code
  and reason, where RFC 6455 asks for 1007 (8.1). It does so inside its reader, and a server has no say in that.`;
}
