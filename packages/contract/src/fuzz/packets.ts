import type { Dialect } from '@ws-arena/wire/dialect';
import { encodeMsgpackPacket } from '@ws-arena/wire/socket-io-msgpack';
import { anyPayload } from './frames.ts';
import type { Random } from './random.ts';

/** Names that mean something to Socket.IO, to Node's emitters or to JavaScript, besides the one that is served. */
const EVENTS = [
  'message',
  'message',
  'message',
  'connect',
  'disconnect',
  'error',
  'newListener',
  '__proto__',
  '',
];
const NAMESPACES = ['/', '/', '/', '/', '/admin', '/?x=1', '/__proto__', ''];
const IDS = [undefined, undefined, 0, 1, -1, 2 ** 31, 2 ** 53, 1e300];

/** What a message of `dialect` may hold, as Socket.IO's packets and beside them. */
export function anyMessage(random: Random, dialect: Dialect): Buffer {
  if (dialect === 'websocket' || random.percent(20)) return anyPayload(random);
  if (random.percent(10))
    return Buffer.from(random.pick(['1', '2', '3', '2probe', '5', '6', '40', '41', '4', '0{}']));
  return dialect === 'socketio' ? textPacket(random) : msgpackPacket(random);
}

function textPacket(random: Random): Buffer {
  const type = random.percent(60) ? random.pick([2, 5]) : random.below(10);
  const count = random.percent(type === 5 ? 90 : 10)
    ? `${random.pick([0, 1, 1, 2, 10, 11, 1e9, -1, 1.5])}-`
    : '';
  const namespace = random.pick(NAMESPACES);
  const json = random.percent(5) ? deep(random) : JSON.stringify(eventData(random));
  return Buffer.from(
    `4${type}${count}${namespace === '/' ? '' : `${namespace},`}${random.pick(IDS) ?? ''}${json}`,
  );
}

function msgpackPacket(random: Random): Buffer {
  const type = random.percent(70) ? 2 : random.below(8) - 1;
  const id = random.pick(IDS);
  const data = eventData(random);
  return encodeMsgpackPacket({ type, data, nsp: random.pick(NAMESPACES), ...(id !== undefined && { id }) });
}

/** What stands in a packet: an event with its arguments, or something else. */
function eventData(random: Random): unknown {
  if (random.percent(10)) return anyValue(random, 2);
  return [random.pick(EVENTS), ...Array.from({ length: random.below(4) }, () => anyValue(random, 3))];
}

function anyValue(random: Random, depth: number): unknown {
  if (depth > 0 && random.percent(30)) {
    const inner = Array.from({ length: random.below(4) }, () => anyValue(random, depth - 1));
    return random.percent(50)
      ? inner
      : Object.fromEntries(
          inner.map((value) => [random.pick(['a', '__proto__', 'toJSON', 'length']), value]),
        );
  }
  return random.pick<() => unknown>([
    () => anyPayload(random).toString('latin1'),
    () => ({ _placeholder: true, num: random.pick([0, 0, 1, 5, -1, 1e9, 'x']) }),
    () => random.pick([null, true, 0, -1, 1e308, '', '\ud800']),
  ])();
}

/** More brackets than a recursive reader has stack for. */
function deep(random: Random): string {
  const depth = random.pick([100, 5000, 30_000]);
  return `["message",${'['.repeat(depth)}${']'.repeat(depth)}]`;
}
