import type { Dialect } from '@ws-arena/wire/dialect';

/** What stands around a message's own bytes in a dialect. */
export interface Envelope {
  /** A text message that goes before, if any. */
  readonly lead: string | undefined;
  readonly prefix: string;
  readonly suffix: string;
}

/** How one dialect says the same things: the suite's rows know only this. */
export interface WireForm {
  readonly upgradePath: (path: string, query: Readonly<Record<string, string>>) => string;
  /** Around a message whose bytes need no escaping in JSON. */
  readonly envelope: (binary: boolean) => Envelope;
  /** What the client must do after the upgrade: the texts it waits for and its answers. */
  readonly greeting: readonly { readonly wait: RegExp; readonly answer?: string }[];
  /** What a text from the server is: a ping, a message's text, or nothing that a user is told. */
  readonly read: (text: string) => { kind: 'ping' | 'nothing' } | { kind: 'text'; text: string };
  /** A text that answers a ping; undefined where a pong is a control frame. */
  readonly pong: string | undefined;
}

const query = (pairs: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(pairs).toString();
  return text === '' ? '' : `?${text}`;
};

const websocket: WireForm = {
  upgradePath: (path, pairs) => path + query(pairs),
  envelope: () => ({ lead: undefined, prefix: '', suffix: '' }),
  greeting: [],
  read: (text) => ({ kind: 'text', text }),
  pong: undefined,
};

// Engine.IO protocol 4 and Socket.IO protocol 5: one packet in each WebSocket message.
const socketio: WireForm = {
  upgradePath: (path, pairs) => path + query({ EIO: '4', transport: 'websocket', ...pairs }),
  envelope: (binary) =>
    binary
      ? { lead: '451-["message",{"_placeholder":true,"num":0}]', prefix: '', suffix: '' }
      : { lead: undefined, prefix: '42["message","', suffix: '"]' },
  greeting: [{ wait: /^0\{/, answer: '40' }, { wait: /^40/ }],
  read: (text) => {
    if (text === '2') return { kind: 'ping' };
    if (!text.startsWith('42[')) return { kind: 'nothing' };
    const [, message] = JSON.parse(text.slice(2)) as [string, unknown];
    return typeof message === 'string' ? { kind: 'text', text: message } : { kind: 'nothing' };
  },
  pong: '3',
};

/** The suite's form of a dialect. @throws Error for a dialect that the suite does not speak. */
export function wireForm(dialect: Dialect): WireForm {
  if (dialect === 'websocket') return websocket;
  if (dialect === 'socketio') return socketio;
  throw new Error(`the suite speaks websocket and socketio, not ${dialect}`);
}
