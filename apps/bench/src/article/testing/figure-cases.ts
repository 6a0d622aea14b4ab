// The verdicts of the claims that are judged by costs, sizes and counts, but for compression; claims.test.ts runs them.
import { fiftyThousand, goroutineWeight } from '../claims/clients.ts';
import { idealLanguage, performance } from '../claims/libraries.ts';
import { contextSupport, deflateSupport, difficulty } from '../claims/library-table.ts';
import { bodyLimit, readLimitFirst, readLimitProtects } from '../claims/limits.ts';
import { binarySize, textSize } from '../claims/sizes.ts';
import { plainLatency, plainOverhead } from '../claims/variants.ts';
import { wss } from '../claims/wss.ts';
import { judged } from './judged.ts';
import { far, less, more, same, unknown } from './ratios.ts';

judged(
  fiftyThousand,
  {
    'clients that opened, of 50,000': 50_000,
    'cut while held': 0,
    'memory of the servers, per client': 12_000,
    'share of one core that the servers use while only pings pass': 0.3,
    'p99 with one message of each client in 20 s (2,500/s)': 5e6,
    'p99 with one in 5 s (10,000/s)': 9e6,
    'p99 with one in 2 s (25,000/s)': 3e9,
    'messages lost in all three': 0,
  },
  [
    ['holds', {}],
    ['holds if', { 'p99 with one message of each client in 20 s (2,500/s)': 2e9 }],
    ['holds if', { 'messages lost in all three': 3 }],
    ['does not hold', { 'clients that opened, of 50,000': 49_999 }],
    ['does not hold', { 'cut while held': 1 }],
  ],
);

judged(
  goroutineWeight,
  { 'goroutines of a connection': 2, 'stack of a goroutine': 4096, 'memory of a connection': 9000 },
  [
    ['holds', {}],
    ['holds if', { 'memory of a connection': 22_000 }],
    ['does not hold', { 'stack of a goroutine': 32_000 }],
  ],
);

judged(
  idealLanguage,
  {
    'gorilla ÷ uWebSockets.js': same,
    'gorilla ÷ ws': less,
    'in bursts, gorilla ÷ uWebSockets.js': same,
    'in bursts, gorilla ÷ ws': same,
  },
  [
    ['holds', {}],
    ['holds if', { 'in bursts, gorilla ÷ uWebSockets.js': far }],
    ['undecided', { 'gorilla ÷ ws': unknown }],
    [
      'does not hold',
      {
        'gorilla ÷ uWebSockets.js': more,
        'gorilla ÷ ws': more,
        'in bursts, gorilla ÷ uWebSockets.js': far,
        'in bursts, gorilla ÷ ws': more,
      },
    ],
  ],
);

judged(
  performance,
  {
    'CPU per message, gorilla': 1,
    'CPU per message, coder': 1,
    'CPU per message, gobwas': 1,
    'coder ÷ gorilla': less,
    'gobwas ÷ gorilla': less,
    'gobwas ÷ coder': less,
    'in bursts, coder ÷ gorilla': same,
    'in bursts, gobwas ÷ gorilla': same,
    'p99, coder ÷ gorilla': 1,
    'p99, gobwas ÷ gorilla': 1,
  },
  [
    ['holds', {}],
    ['holds if', { 'coder ÷ gorilla': more }],
    ['does not hold', { 'coder ÷ gorilla': same, 'gobwas ÷ gorilla': same, 'gobwas ÷ coder': same }],
    ['does not hold', { 'coder ÷ gorilla': more, 'gobwas ÷ gorilla': more }],
    ['does not hold', { 'in bursts, coder ÷ gorilla': more, 'gobwas ÷ gorilla': same }],
    ['undecided', { 'coder ÷ gorilla': unknown }],
  ],
);

judged(
  contextSupport,
  {
    'coder: functions that read, write or ping with a Context': 5,
    'coder: all that take one': 8,
    'gorilla: that read, write or ping': 0,
    'gorilla: all': 1,
    'gobwas: that read, write or ping': 0,
    'gobwas: all': 3,
  },
  [
    ['holds if', {}],
    ['holds', { 'gorilla: all': 0, 'gobwas: all': 0 }],
    ['does not hold', { 'gorilla: that read, write or ping': 2 }],
    ['does not hold', { 'coder: functions that read, write or ping with a Context': 0 }],
  ],
);

judged(difficulty, { 'lines, gorilla': 250, 'lines, coder': 220, 'lines, gobwas': 530 }, [
  ['holds', {}],
  ['holds if', { 'lines, gobwas': 300 }],
  ['does not hold', { 'lines, gobwas': 200 }],
]);

judged(
  deflateSupport,
  {
    'gorilla: levels': 9,
    'gorilla: keeps its window between messages': 0,
    'coder: levels': 1,
    'coder: keeps its window between messages': 1,
    'gobwas: levels': 9,
    'gobwas: keeps its window between messages': 0,
  },
  [
    ['holds if', {}],
    ['holds', { 'coder: levels': 9 }],
    ['does not hold', { 'coder: keeps its window between messages': 0 }],
    ['does not hold', { 'gorilla: keeps its window between messages': 1 }],
  ],
);

judged(
  wss,
  {
    'connects with the certificate known': 1,
    'connects with it unknown': 0,
    'CPU of server and Nginx per message, WSS ÷ plain': 1.2,
    'CPU per handshake, plain': 1,
    'CPU per handshake, WSS ÷ plain': 3,
    'p99 of a message, WSS ÷ plain': 1.1,
    'memory of Nginx per idle connection, plain': 18_000,
    'memory of Nginx per idle connection, WSS': 50_000,
  },
  [
    ['holds if', {}],
    ['holds', { 'connects with it unknown': 1 }],
    ['does not hold', { 'connects with the certificate known': 0 }],
  ],
);

judged(
  textSize,
  {
    'p99 of the others, alone, gorilla': 1,
    'beside 1 MiB ÷ alone, gorilla': same,
    'beside 5 MiB ÷ alone, gorilla': more,
    'beside 1 MiB ÷ alone, ws': same,
    'beside 5 MiB ÷ alone, ws': more,
    'memory of server and Nginx with 5 MiB, gorilla': 1,
    'memory of server and Nginx with 5 MiB, ws': 1,
  },
  [
    ['holds', {}],
    ['holds if', { 'beside 5 MiB ÷ alone, ws': far }],
    ['does not hold', { 'beside 5 MiB ÷ alone, ws': far, 'beside 1 MiB ÷ alone, ws': far }],
    ['undecided', { 'beside 5 MiB ÷ alone, ws': unknown, 'beside 1 MiB ÷ alone, ws': unknown }],
  ],
);

judged(
  binarySize,
  {
    'p99 of the others, alone, gorilla': 1,
    'beside 10 MiB ÷ alone, gorilla': same,
    'beside 50 MiB ÷ alone, gorilla': more,
    'beside 10 MiB ÷ alone, ws': same,
    'beside 50 MiB ÷ alone, ws': more,
    'memory of server and Nginx with 50 MiB, gorilla': 1,
    'memory of server and Nginx with 50 MiB, ws': 1,
  },
  [
    ['holds', {}],
    ['holds if', { 'beside 50 MiB ÷ alone, gorilla': far }],
    ['does not hold', { 'beside 50 MiB ÷ alone, gorilla': far, 'beside 10 MiB ÷ alone, gorilla': far }],
  ],
);

const limits = {
  'message of 60 kB, Nginx allows 1k: close code, 0 is an echo': 0,
  'message of 64 KiB + 1: close code': 1009,
  'message of 1 MB, Go allows 2 MB, Nginx 1k: close code, 0 is an echo': 0,
  'polling request of 2 kB, Nginx allows 1k: status': 413,
};

judged(readLimitFirst, limits, [
  ['holds', {}],
  ['holds if', { 'message of 1 MB, Go allows 2 MB, Nginx 1k: close code, 0 is an echo': 1006 }],
  ['does not hold', { 'message of 60 kB, Nginx allows 1k: close code, 0 is an echo': 1006 }],
  ['does not hold', { 'message of 64 KiB + 1: close code': 0 }],
]);

judged(bodyLimit, limits, [
  ['holds if', {}],
  ['holds', { 'message of 1 MB, Go allows 2 MB, Nginx 1k: close code, 0 is an echo': 1006 }],
  ['does not hold', { 'polling request of 2 kB, Nginx allows 1k: status': 200 }],
]);

judged(
  readLimitProtects,
  {
    'plain message of 64 KiB + 1: close code, 0 is an echo': 1009,
    'compressed message: bytes on the wire': 32_000,
    'the same inflated: bytes that came back': 0,
    'memory of the server after it: grown by': 0,
  },
  [
    ['holds', {}],
    ['holds if', { 'the same inflated: bytes that came back': 32 << 20 }],
    ['does not hold', { 'plain message of 64 KiB + 1: close code, 0 is an echo': 0 }],
  ],
);

judged(
  plainOverhead,
  {
    'CPU per handshake, plain': 1,
    'CPU per handshake, auth_request ÷ plain': more,
    'CPU per handshake, njs ÷ plain': more,
    'CPU per handshake, lua ÷ plain': more,
    'CPU per handshake, nobody checks ÷ plain': 0.4,
    'CPU per message, plain': 1,
    'CPU per message, auth_request ÷ plain': same,
    'CPU per message, njs ÷ plain': same,
    'CPU per message, lua ÷ plain': same,
  },
  [
    ['holds', {}],
    ['holds if', { 'CPU per handshake, lua ÷ plain': unknown }],
    ['does not hold', { 'CPU per handshake, lua ÷ plain': less }],
    ['does not hold', { 'CPU per message, njs ÷ plain': less }],
    [
      'undecided',
      {
        'CPU per handshake, auth_request ÷ plain': unknown,
        'CPU per handshake, njs ÷ plain': unknown,
        'CPU per handshake, lua ÷ plain': unknown,
      },
    ],
  ],
);

judged(
  plainLatency,
  {
    'p90 of a handshake, plain': 1,
    'p90 of a handshake, auth_request ÷ plain': more,
    'p90 of a handshake, njs ÷ plain': more,
    'p90 of a handshake, lua ÷ plain': more,
    'p99 of a message, plain': 1,
    'p99 of a message, auth_request ÷ plain': same,
    'p99 of a message, njs ÷ plain': same,
    'p99 of a message, lua ÷ plain': same,
  },
  [
    ['holds', {}],
    ['holds if', { 'p90 of a handshake, lua ÷ plain': unknown }],
    ['does not hold', { 'p90 of a handshake, lua ÷ plain': less }],
    ['does not hold', { 'p99 of a message, njs ÷ plain': less }],
    [
      'undecided',
      {
        'p90 of a handshake, auth_request ÷ plain': unknown,
        'p90 of a handshake, njs ÷ plain': unknown,
        'p90 of a handshake, lua ÷ plain': unknown,
      },
    ],
  ],
);
