import { EXIT_CODES, syntax, wrap } from './help.ts';
import { type CliOption, cliOption, cliOptionNames } from './options.ts';

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

\`pnpm loadgen\` loads any WebSocket server, and says what it measured and what it could not:

\`\`\`sh
pnpm loadgen --url ws://127.0.0.1:8000/ws-notifications --connections 1000 --rate 5000 --duration 30s
pnpm loadgen wss://host/path --rate 500 --fail-if 'p99>20ms' --fail-if 'lost>0'   # for CI: exit code 3
pnpm loadgen wss://host/feed --push --connections 100 --duration 1m              # receive only
pnpm loadgen ws://host/path --handshakes --rate 200                              # open and close
pnpm loadgen ws://host/socket.io/ --dialect socketio --transport polling --rate 100
pnpm loadgen run chat.ts --url wss://host/chat --rate 1000                       # a protocol of your own: docs/scenarios.md
\`\`\`

${wrap(EXIT_CODES, 120).join('\n')}
A failure is one sentence on stderr, behind what was measured. Ctrl-C ends the job and prints what was measured until then. The summary goes to stdout, what happens
meanwhile to stderr.

## Options

Times are written \`30s\`, \`500ms\`, \`2m\`; sizes \`64\`, \`4k\`, \`1MiB\` (1024) or \`1MB\` (1000); numbers \`5000\` or \`20k\`.
`;

const DETAILS = `## What the figures mean

- **latency** counts from the time at which the schedule wanted the message sent, so a server that stalls is charged for
  everything that had to wait. **from the send** counts from the write; **schedule lag** is how late the generator itself
  was. When it was late for more than 1 % of the messages, or cannot reach the rate, a \`behind-schedule\` warning says so
  and says what was reached.
- **wire** counts the bytes of WebSocket frames in the measured window, compressed where that was agreed on; with \`wss://\`
  what goes into TLS and comes out of it.
- **offered, sent, delivered** are three numbers. Lost, duplicated and reordered messages are told by sequence numbers.
- With \`--expect none\` the connections end with a close frame behind the last message, and the server's answer to it (for
  \`--drain\` at most) shows that it has read all of them; a connection without one is a \`lost\` warning. Otherwise
  connections end with a reset, so that no port stays in TIME_WAIT. With \`--handshakes\` each connection ends by the closing
  handshake, and the server closes first; one that it does not end within the handshake timeout is a \`lost\` warning.
- A closed loop (no \`--rate\`) measures how much a server can do. It shows no latency: its round trip only says how many
  messages are under way.
- \`--fail-if\` takes \`p50\` … \`p99.99\`, \`mean\`, \`max\`, \`min\` (of latency; \`handshake-p99\` and \`lag-p99\` of the others) with a
  time, and \`rate\` (delivered a second), \`sent-rate\`, \`handshakes\`, \`offered\`, \`sent\`, \`delivered\`, \`lost\`, \`duplicated\`,
  \`reordered\`, \`corrupted\`, \`opened\`, \`failed\`, \`closed\` with a number. A rule whose figure was not measured fails.
- With \`--broadcast\` connections to URLs with the same \`room\` in their query are a room, and the others are spread over
  \`--rooms\`. The rooms take turns: one member sends, and every member of its room must get the message. \`--rate\` is that of
  all rooms: \`--rooms 10 --connections 500 --rate 600\` sends 60 messages a second to each of ten rooms of 50.
- \`--json\` and all other output show no token: \`--token\`, headers and query parameters that are named or look like secrets
  are printed as \`(hidden)\`.
- \`--hdr\` writes milliseconds, in the format of HdrHistogram's plotters.

- \`--json\` prints one object; [apps/loadgen/result.schema.json](../apps/loadgen/result.schema.json) is its JSON schema. The
  package \`ws-arena-loadgen\` has the tool as its command, and \`run\` of it resolves to the same object
  ([README](../apps/loadgen/README.md)).

## What is sent

A message begins with (in JSON: its \`id\` holds) 22 characters: six of sequence number and twice eight of time, in base64url
digits. They are patched into a frame that is built once. Random text is base64url; JSON is a notification with items of
order data, in exactly \`--size\` bytes, and is what \`JSON.stringify\` would write, so that a server which parses and writes
it again returns the same bytes; a file is sent behind the 22 characters, whole unless \`--size\` cuts or repeats it.

**permessage-deflate.** A message is compressed once, before the load, so that compression costs the generator nothing. For
the header to stay patchable, everything up to its end is a *stored* DEFLATE block and the rest a compressed block that does
not refer to it (RFC 1951 section 3.2.4). That is legal with context takeover too, because a sender need not use its window.
It costs 5 bytes and the header uncompressed, and with takeover the client saves nothing by repeating itself. Answers are
inflated with \`--verify\` and for Socket.IO, with each connection's own window where the server keeps one; otherwise they are
counted in order without looking into them.

**Socket.IO.** \`socketio\` is its default parser: text as \`42["message","…"]\`, JSON as an object, binary as an attachment.
\`socketio-msgpack\` is socket.io-msgpack-parser. The message comes back as the same event. A path of \`/\` stands for
\`/socket.io/\`. With \`--transport polling\` the session is opened by HTTP and switched: GET, POST with CONNECT, GET with its
answer, then upgrade, probe and switch. An official client has one more GET under way while it probes, which the server ends
up to 100 ms later; it is left out, so that the handshake time is the server's work and not that timer. Text that JSON
would escape (a \`--payload file\`) has to be sent with \`--binary\`.

With \`--ack\` each message asks for an acknowledgement (\`42<id>["message",…]\`), and the reply is the acknowledgement
(\`43<id>[…]\`; with binary \`451-<id>\` and \`461-<id>\`; in msgpack a packet of type 3), which must bring the message back: an
event does not count, so a server that does not acknowledge is one that loses everything. Ids run on from message to message on
each connection, as those of official clients do, but from 1000000000 instead of 0, so that all have ten digits and are
patched in place: a message is up to nine bytes longer than a young client's. An acknowledgement under another id than that
of the message in it is corrupted. To a message that is too short for a sequence number its id is one.

**TLS.** With session reuse a handshake offers the newest session that the server gave; the first handshakes of a job, which
start before there is one, are full. \`--tls-version\` allows that version only.
`;
