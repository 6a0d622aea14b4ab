import { parseConfig } from '@ws-arena/config/parse-config';
import { PUSH_EXACT_BYTES, pushPeriodMs } from '@ws-arena/server-interface/push-bounds';

const { min, max } = pushPeriodMs;
const { readLimitBytes } = parseConfig();

/** The rule for the query of an upgrade request, in Markdown; `rows/queries.ts` holds every server to it. */
export const QUERY_DOC = `## What a query may ask for

The checks of an upgrade request stand in this order: path (404), \`Origin\` (403), query (400), free place (503). A
handshake that is not RFC 6455's gets 400 with \`Sec-WebSocket-Version: 13\`, before or after them; for a method other than
\`GET\`, 404 or 405 will do. Each upgrade that is refused counts once in \`ws_rejected_upgrades_total\` under its status,
whoever refuses it: the server or its library.

| query | workload | default | allowed | else |
| --- | --- | --- | --- | --- |
| none of \`room\` and \`push\` | echo | | anything: other names are ignored, \`bytes\` too | |
| \`room=NAME\` | room | | a name of at least one byte; not together with \`push\` | 400 |
| \`push=MS\` | echo, and a notification each MS milliseconds | | ${min} to ${max}; not together with \`room\` | 400 |
| \`bytes=N\` beside \`push\` | least length of a notification | 0 | 0 to \`readLimitBytes\` (${readLimitBytes} by default) | 400 |

Numbers are plain decimal digits: no sign, point, exponent or space, and not the empty text. Of a repeated name the first
counts. Nothing is clamped.

A notification is the text \`{"seq":0,"sentAt":1700000000000}\`; \`sentAt\` is Unix time in milliseconds. One that is shorter
than \`bytes\` gets a last field \`"pad"\` of dots, which makes it exactly \`bytes\` long from ${PUSH_EXACT_BYTES} bytes on, and never
shorter than \`bytes\`. \`seq\` counts from 0 and grows by one. A server may give one sequence to all who ask for the same
period and bytes: who comes later joins it in the middle, and misses nothing from then on.
`;
