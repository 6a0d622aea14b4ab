// The verdicts of the claims about compression; claims.test.ts runs them.
import {
  deflateCosts,
  deflateRatio,
  jsonLevel,
  levelNine,
  levelOneSize,
  trafficLevel,
} from '../claims/deflate.ts';
import { judged } from './judged.ts';
import { far, more, same, unknown } from './ratios.ts';

judged(
  deflateCosts,
  {
    'CPU, level 1 ÷ off, gorilla': more,
    'CPU, level 6 ÷ off, ws': far,
    'bytes, level 1 ÷ off, gorilla': 0.5,
    'memory of a connection after a burst, off, ws': 5000,
    'the same, level 6, ws': 6000,
    'the same, level 6 with takeover, ws': 9000,
  },
  [
    ['holds', {}],
    ['holds if', { 'the same, level 6 with takeover, ws': 300_000 }],
    ['undecided', { 'CPU, level 6 ÷ off, ws': unknown }],
    ['does not hold', { 'CPU, level 6 ÷ off, ws': same }],
    ['does not hold', { 'bytes, level 1 ÷ off, gorilla': 1 }],
  ],
);

judged(
  deflateRatio,
  {
    'chat, gorilla level 2': 6,
    'chat, ws level 6 with takeover': 7,
    'ticks, gorilla level 2': 6,
    'ticks, ws level 6 with takeover': 7,
    'logs, gorilla level 2': 6,
    'logs, ws level 6 with takeover': 7,
    'notifications, gorilla level 2': 6,
    'notifications, ws level 6 with takeover': 7,
    'snapshots, gorilla level 2': 8,
    'snapshots, ws level 6 with takeover': 8,
  },
  [
    ['holds', {}],
    ['holds if', { 'chat, gorilla level 2': 1.5 }],
    [
      'does not hold',
      {
        'chat, gorilla level 2': 1.5,
        'ticks, gorilla level 2': 2,
        'logs, gorilla level 2': 2,
        'notifications, gorilla level 2': 2,
        'chat, ws level 6 with takeover': 3,
        'ticks, ws level 6 with takeover': 3,
        'logs, ws level 6 with takeover': 3,
        'notifications, ws level 6 with takeover': 3,
        'snapshots, gorilla level 2': 3,
        'snapshots, ws level 6 with takeover': 3,
      },
    ],
  ],
);

judged(
  levelOneSize,
  {
    'bytes, level 1 ÷ level 6, gorilla': 1.3,
    'bytes, level 1 ÷ level 6, ws': 1.3,
    'bytes, level 1 ÷ off, gorilla': 0.6,
  },
  [
    ['holds', {}],
    ['holds if', { 'bytes, level 1 ÷ level 6, ws': 1.12 }],
    ['does not hold', { 'bytes, level 1 ÷ level 6, gorilla': 1.05, 'bytes, level 1 ÷ level 6, ws': 1.04 }],
  ],
);

judged(
  jsonLevel,
  {
    'CPU, level 6 ÷ level 1, gorilla': more,
    'CPU, level 2 ÷ level 1, gorilla': same,
    'bytes, level 1 ÷ level 6, gorilla': 1.1,
    'CPU, level 6 ÷ level 1, ws': more,
  },
  [
    ['holds', {}],
    ['holds if', { 'CPU, level 6 ÷ level 1, ws': same }],
    ['undecided', { 'CPU, level 6 ÷ level 1, ws': unknown }],
    ['does not hold', { 'CPU, level 6 ÷ level 1, ws': same, 'CPU, level 6 ÷ level 1, gorilla': same }],
  ],
);

judged(
  trafficLevel,
  {
    'bytes, level 6 ÷ level 1, gorilla': 0.9,
    'bytes, level 6 ÷ level 1, ws': 0.9,
    'bytes, level 6 with takeover ÷ without, ws': 0.95,
  },
  [
    ['holds', {}],
    ['holds if', { 'bytes, level 6 with takeover ÷ without, ws': 0.4 }],
    ['does not hold', { 'bytes, level 6 ÷ level 1, gorilla': 0.99 }],
  ],
);

judged(
  levelNine,
  {
    'CPU, level 9 ÷ level 6, messages, gorilla': more,
    'bytes, level 9 ÷ level 6, messages, gorilla': 0.99,
    'CPU, level 9 ÷ level 6, snapshots, gorilla': more,
    'bytes, level 9 ÷ level 6, snapshots, gorilla': 0.98,
    'CPU, level 9 ÷ level 6, messages, ws': more,
    'bytes, level 9 ÷ level 6, messages, ws': 0.99,
    'CPU, level 9 ÷ level 6, snapshots, ws': more,
    'bytes, level 9 ÷ level 6, snapshots, ws': 0.98,
  },
  [
    ['holds', {}],
    ['holds if', { 'CPU, level 9 ÷ level 6, messages, gorilla': same }],
    [
      'undecided',
      {
        'CPU, level 9 ÷ level 6, messages, gorilla': unknown,
        'CPU, level 9 ÷ level 6, messages, ws': same,
        'CPU, level 9 ÷ level 6, snapshots, gorilla': unknown,
        'CPU, level 9 ÷ level 6, snapshots, ws': same,
      },
    ],
    [
      'does not hold',
      {
        'CPU, level 9 ÷ level 6, messages, gorilla': same,
        'CPU, level 9 ÷ level 6, messages, ws': same,
        'CPU, level 9 ÷ level 6, snapshots, gorilla': same,
        'CPU, level 9 ÷ level 6, snapshots, ws': same,
      },
    ],
  ],
);
