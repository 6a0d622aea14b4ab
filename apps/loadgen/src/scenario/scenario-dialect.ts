import { randomBytes, randomInt } from 'node:crypto';
import { randomMask } from '@ws-arena/wire/frame-encoder';
import { ACK_DIGITS, writeDigits } from '../wire/ack-id.ts';
import type { DialectCodec, DialectPeer, Framing } from '../wire/dialect.ts';
import { FIRST_ACK_ID, type MessageFrames } from '../wire/frames.ts';
import { type Message, messageOf } from '../wire/message.ts';
import { HEADER_BYTES } from '../wire/message-header.ts';
import { framesOfPacket } from '../wire/socketio-messages.ts';
import { websocketDialect } from '../wire/websocket-dialect.ts';
import type { LoadedScenario } from './load-scenario.ts';
import type { Answer, Peer } from './scenario.ts';
import { receivedMessage } from './scenario-message.ts';
import { ScenarioOpening } from './scenario-opening.ts';

const NOTHING = Buffer.alloc(0);
/** What an answer brings is copied here, from whatever it was carried in. */
const slotOfAnswer = Buffer.alloc(HEADER_BYTES + 1);

/** The codec of a scenario for one job: its messages as frames, and its answers as replies. */
export function scenarioDialect(scenario: LoadedScenario): DialectCodec {
  const { match = 'slot', made = 'connection' } = scenario;
  const mask = randomMask();
  const peers = new WeakMap<DialectPeer, Peer<unknown>>();
  const peerOf = (peer: DialectPeer) => peers.get(peer)!;
  const carried = match === 'slot' ? Buffer.alloc(HEADER_BYTES, 'A') : NOTHING;
  return {
    path: websocketDialect.path,
    opening: (peer) =>
      new ScenarioOpening(scenario, peer, mask, (opened) => {
        peers.set(peer, opened);
        peer.ready();
      }),
    made,
    frames: (message, framing, peer) => scenarioFrames(scenario, match, peerOf(peer!), message, framing),
    receive(peer, binary, data, start, end) {
      try {
        replyAll(peer, scenario.answer(peerOf(peer), receivedMessage(binary, data, start, end)));
      } catch (error) {
        peer.fail((error as Error).message);
      }
    },
    replied: messageOf({ payload: carried, headerAt: 0 }, false),
    acks: match === 'id',
    leave(peer) {
      const opened = peers.get(peer);
      if (opened) scenario.close?.(opened);
    },
  };
}

function scenarioFrames(
  scenario: LoadedScenario,
  match: 'slot' | 'id' | 'order',
  peer: Peer<unknown>,
  { payload: content }: Message,
  framing: Framing,
): MessageFrames {
  const slot = slots[match]();
  const message = scenario.message(peer, { slot, content: content.toString() });
  const payload = Buffer.from(message);
  const at = placeOf(slot, payload);
  const packet: Message = {
    payload,
    binary: typeof message !== 'string',
    headerAt: match === 'slot' ? at : -1,
    hasTimes: match === 'slot',
  };
  return framesOfPacket(packet, framing, match === 'id' ? { at, write: writeDigits } : undefined);
}

/** Texts that a message does not have by chance, as long as what is written over them. */
const slots = {
  slot: () =>
    randomBytes((HEADER_BYTES * 6) >> 3)
      .toString('base64url')
      .padEnd(HEADER_BYTES, '-'),
  id: () => String(randomInt(FIRST_ACK_ID, FIRST_ACK_ID * 4)).padStart(ACK_DIGITS, '0'),
  order: () => '',
};

function placeOf(slot: string, payload: Buffer): number {
  if (slot === '') return -1;
  const at = payload.indexOf(slot);
  if (at >= 0 && payload.indexOf(slot, at + 1) < 0) return at;
  throw new Error(
    `the scenario's message has its slot ${at < 0 ? 'not at all' : 'more than once'}; wanted: exactly once, as it was given`,
  );
}

function replyAll(peer: DialectPeer, answer: Answer): void {
  if (answer === undefined) return;
  if (typeof answer === 'object') for (const one of answer) replyTo(peer, one);
  else replyTo(peer, answer);
}

function replyTo(peer: DialectPeer, answer: string | number | true): void {
  if (answer === true) peer.reply(NOTHING, -1, 0);
  else if (typeof answer === 'number') {
    peer.ackedId = Number.isInteger(answer) ? answer : -1;
    peer.reply(NOTHING, 0, 0);
  } else {
    slotOfAnswer.write(answer, 'latin1');
    peer.reply(slotOfAnswer, 0, Math.min(answer.length, HEADER_BYTES + 1));
  }
}
