import { join } from 'node:path';
import { full } from '../capabilities.ts';
import { repoRoot } from '../repo-root.ts';
import { LIMIT_DOC } from './limit-doc.ts';
import { provenTargets } from './proven-targets.ts';
import { QUERY_DOC } from './query-doc.ts';
import { rows } from './rows.ts';

/** Where the table of the contract's rows stands. */
export const parityPath = join(repoRoot, 'docs/parity.md');

/** What each row showed, by target and then by the row's name. */
export type Outcomes = Map<string, ReadonlyMap<string, string>>;

/** The outcomes that the suite asserts: what the capabilities of each target say. */
export function expectedOutcomes(): Outcomes {
  return new Map(
    provenTargets.map(({ name, capabilities }) => [
      name,
      new Map(rows.map((row) => [row.name, row.expected(capabilities)])),
    ]),
  );
}

/** Measured apart from the suite, as its text says; the bare targets are there to measure it again. */
const COST = `## What the contract costs

\`ws-bare\`, \`uws-bare\` and \`socketio-bare\` are the least that echoes on each library; the difference to the full server is
what the contract costs: \`pnpm bench --targets uws-bare,uws --baseline uws-bare --scenarios echo,connect --routes direct
--windows 16 --rounds 40\`. Full ÷ bare, of 40 rounds (uws: 20): the median of the ratios of each round, worked out
from the trials in \`run.jsonl\`, with its 95 % bootstrap interval:

| | CPU per message, window 16 | messages/s | CPU per handshake | handshakes/s |
| --- | --: | --: | --: | --: |
| ws | 0.98 [0.96–1.01] | 1.03 [1.00–1.04] | 1.04 [1.01–1.09] | 0.97 [0.94–1.01] |
| uws | 1.01 [0.99–1.04] | 1.00 [0.97–1.03] | **1.08** [1.06–1.10] | 1.02, limited by the generator |
| socketio | 1.02 [0.98–1.07] | 0.99 [0.95–1.03] | 1.03 [1.01–1.13] | 0.97 [0.91–0.99] |

The machine was two to three times slower than usual in the runs of ws and socket.io: hence the ratio within a round.
socket.io's handshakes were 8 % below the bare server's until two faults of ours were found. A connection that had ended
kept pointers to its neighbours in the heartbeat's list, and once it had grown old the garbage collector copied all of them
with it; and each connection was watched for a stalled write until the next tick, because its opening packet counted as
waiting. What remains above 5 % is the CPU of a handshake of uWebSockets.js, and it is known why: \`uws-bare\` has no handler
to call, so C++ does it all. Where it goes, from a run of its own (with connections reset instead of closed):

| server | CPU per handshake | over \`uws-bare\` |
| --- | --: | --: |
| \`uws-bare\`: only \`message\` | 43.4 µs | |
| an \`upgrade\` that reads the key and upgrades | 44.9 µs | 3.5 % (2.0 to 5.2) |
| and \`open\` and \`close\` that do nothing | 46.6 µs | 7.6 % (5.6 to 9.3) |
| \`uws\`: the contract | 47.4 µs | 9.3 % (7.4 to 11.2) |

Four fifths of it are the library's calls into JavaScript, each with a callback scope of Node.js around it, and none can be
spared: only \`upgrade\` sees the query and the headers, only \`open\` has the WebSocket that pings need, and only \`close\` tells
that it ended. The fifth that is ours is mostly the reading of headers (0.12 µs each; uWS checks no more of a handshake
than the length of its key), of which only those that are needed were read. Since then the server reads all of them and gives its user data to
\`res.upgrade\`, as the library's documentation does; that costs another 2 µs, which the table does not have. (CPU time of the server from schedstat, 300 interleaved slices of 100 handshakes on two
shared cores, uws-pack 20.0.8 on Node.js 22.23; 30th percentile of the slices and a 95 % bootstrap interval of the ratio.)
`;

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** The table of contract rows and targets, in Markdown: ✓ is what the contract wants, anything else stands in words. */
export function parityDoc(outcomes: Outcomes): string {
  const names = provenTargets.map(({ name }) => name);
  const table = rows.map((row) => {
    const wanted = row.expected(full);
    const cells = names.map((name) => {
      const seen = outcomes.get(name)?.get(row.name);
      return seen === wanted ? '✓' : (seen ?? 'not run');
    });
    return line([`\`${row.about}\``, row.name, wanted, ...cells]);
  });
  const notes = provenTargets.flatMap(({ name, capabilities }) =>
    capabilities.notes.map((note) => `- **${name}**: ${note}.`),
  );
  return `# Parity: the contract on every server

Each row is seen on the wire by a client that knows nothing of the server but its address, and asserted by the suite in
\`packages/contract/src/suite\` (\`pnpm --filter @ws-arena/contract test\`). ✓ is what the contract wants; where a library
cannot do it, the cell says what a client sees instead. Times are the contract's, scaled down by configuration.
This file is written by \`pnpm --filter @ws-arena/contract suite\`; a test fails when it is stale.

${line(['about', 'row', 'the contract wants', ...names])}
${line(['---', '---', '---', ...names.map(() => ':-:')])}
${table.join('\n')}

## What differs

${notes.join('\n')}

${LIMIT_DOC}
${QUERY_DOC}
${COST}`;
}
