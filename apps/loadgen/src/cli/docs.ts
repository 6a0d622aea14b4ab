import type { CliOption } from './cli-option.ts';
import { EXIT_CODES, syntax, wrap } from './help.ts';
import { cliOption, cliOptionNames } from './options.ts';

/** The text of docs/loadgen.md, made from the table of options; a test says when the file is stale. */
export function docsText(): string {
  return `${INTRODUCTION}\n${optionTables()}\n${DETAILS}`;
}

function optionTables(): string {
  const groups = new Map<string, string[]>();
  for (const name of cliOptionNames) {
    const option = cliOption(name);
    const rows = groups.get(option.group) ?? [];
    rows.push(row(name, option));
    groups.set(option.group, rows);
  }
  return [...groups]
    .map(
      ([group, rows]) =>
        `### ${group}\n\n| option | default | what it does |\n|---|---|---|\n${rows.join('\n')}\n`,
    )
    .join('\n');
}

function row(name: string, option: CliOption): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const fallback = option.type === 'flag' || option.default === '' ? '' : `\`${option.default}\``;
  return `| \`${cell(syntax(name, option))}\` | ${fallback} | ${cell(option.help)} |`;
}

const INTRODUCTION = `# The load generator as a tool

<!-- Made from apps/loadgen/src/cli/options.ts by \`pnpm --filter ws-arena-loadgen docs\`; a test fails when it is stale. -->

\`pnpm loadgen\` loads any WebSocket server. It reports what it measured and what it could not measure:

\`\`\`sh
pnpm loadgen --url ws://127.0.0.1:8000/ws-notifications --connections 1000 --rate 5000 --duration 30s
pnpm loadgen wss://host/path --rate 500 --fail-if 'p99>20ms' --fail-if 'lost>0'   # for CI: exit code 3
pnpm loadgen wss://host/feed --push --connections 100 --duration 1m              # receive only
pnpm loadgen ws://host/path --handshakes --rate 200                              # open and close
pnpm loadgen ws://host/socket.io/ --dialect socketio --transport polling --rate 100
pnpm loadgen run chat.ts --url wss://host/chat --rate 1000                       # a protocol of your own: docs/scenarios.md
pnpm loadgen --agents 10 --redis redis://host:6379 --url wss://host/path --rate 50000 # from ten machines: docs/fleet.md
\`\`\`

${wrap(EXIT_CODES, 120).join('\n')}
The summary goes to stdout, progress to stderr. A failure adds one sentence to stderr. Ctrl-C ends the job and prints what was
measured until then.

## Options

Times are written \`30s\`, \`500ms\`, \`2m\`; sizes \`64\`, \`4k\`, \`1MiB\` (1024) or \`1MB\` (1000); numbers \`5000\` or \`20k\`.
`;

const DETAILS = `## What the figures mean

- **latency** counts from the time at which the schedule wanted the message sent. So if the server stalls, all messages that
  had to wait show it. **from the send** counts from the write. **schedule lag** is how late the generator itself was. If it
  was late for more than 1 % of the messages, or did not reach the rate, a \`behind-schedule\` warning gives the rate that it
  reached.
- **wire** counts the bytes of WebSocket frames in the measured window, compressed if that was negotiated, and before
  encryption with \`wss://\`.
- **offered, sent, delivered** are three numbers. Sequence numbers show which messages were lost, duplicated or reordered.
- With \`--expect none\` a connection ends with a close frame after the last message. The server's close frame shows that it
  has read all messages; without one within \`--drain\` there is a \`lost\` warning. With \`--handshakes\` a connection ends
  with the closing handshake, and the server closes TCP first; if it does not within the handshake timeout, there is a \`lost\`
  warning. In all other loads connections end with a reset, so that no port stays in TIME_WAIT.
- A closed loop (no \`--rate\`) measures how much a server can do. It shows no latency: its round trip only depends on the
  number of messages in flight.
- \`--fail-if\` takes \`p50\` … \`p99.99\`, \`mean\`, \`max\`, \`min\` (of latency; \`handshake-p99\` and \`lag-p99\` for the others) with a
  time, and \`rate\` (delivered a second), \`sent-rate\`, \`handshakes\`, \`offered\`, \`sent\`, \`delivered\`, \`lost\`, \`duplicated\`,
  \`reordered\`, \`corrupted\`, \`opened\`, \`failed\`, \`closed\` with a number. A rule whose figure was not measured fails.
- With \`--broadcast\` connections whose URLs have the same \`room\` in their query are one room; the others are spread over
  \`--rooms\`. The rooms take turns: one member sends, and every member of its room must get the message. \`--rate\` is for
  all rooms together: \`--rooms 10 --connections 500 --rate 600\` sends 60 messages a second to each of ten rooms of 50.
- No output shows a token: \`--token\`, and headers and query parameters that look like secrets, are printed as \`(hidden)\`.
- \`--hdr\` writes milliseconds, in the format of HdrHistogram's plotters.
- \`--json\` prints one object; [apps/loadgen/result.schema.json](../apps/loadgen/result.schema.json) is its JSON schema. The
  package \`ws-arena-loadgen\` installs the tool as a command, and exports \`run\`, which resolves to the same object
  ([README](../apps/loadgen/README.md)).

## What is sent

A message begins with 22 characters (in JSON its \`id\` holds them): six for the sequence number and eight for each of two
times, in base64url digits. They are patched into a frame that is built once. Random text is base64url. JSON is a notification
with items of order data, in exactly \`--size\` bytes, written as \`JSON.stringify\` would write it, so a server that parses and
serializes it returns the same bytes. A file follows the 22 characters, whole unless \`--size\` cuts or repeats it.

**permessage-deflate.** A message is compressed once, before the load, so compression costs the generator nothing. The header
must stay patchable: everything up to its end is a *stored* DEFLATE block, and the rest is a compressed block that does not
refer to it (RFC 1951 section 3.2.4). That is legal with context takeover too, because a sender need not use its window. It
costs 5 bytes and leaves the header uncompressed; with takeover the client's repeated messages get no smaller. Replies are
inflated with \`--verify\` and for Socket.IO, with a window per connection where the server keeps one. Otherwise they are
counted in order, without being read.

**Socket.IO.** \`socketio\` is its default parser: text as \`42["message","…"]\`, JSON as an object, binary as an attachment.
\`socketio-msgpack\` is socket.io-msgpack-parser. The message comes back as the same event. A path of \`/\` stands for
\`/socket.io/\`. With \`--transport polling\` the session is opened by HTTP and switched: GET, POST with CONNECT, GET with its
answer, then upgrade, probe and switch. An official client has one more GET in flight while it probes, which the server ends
up to 100 ms later. It is left out here, so that the handshake time measures the server and not that timer. Text that JSON
would escape (a \`--payload file\`) must be sent with \`--binary\`.

With \`--ack\` each message asks for an acknowledgement (\`42<id>["message",…]\`), and the reply is the acknowledgement
(\`43<id>[…]\`; with binary \`451-<id>\` and \`461-<id>\`; in msgpack a packet of type 3), which must contain the message. An
event is no reply here: a server that does not acknowledge loses every message. As with official clients, ids count up on each
connection, but from 1000000000 instead of 0, so that all have ten digits and can be patched in place. So a message is up to
nine bytes longer than that of a new official client. An acknowledgement whose id does not match its message counts as
corrupted. For a message that is too short for a sequence number, the id takes its place.

**TLS.** With session reuse a handshake offers the newest session that the server issued. The first handshakes of a job, which
start before there is one, are full. \`--tls-version\` allows that version only.
`;
