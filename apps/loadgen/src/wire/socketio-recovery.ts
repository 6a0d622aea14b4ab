import type { LoadSpec } from '@ws-arena/load/load-spec';
import { SocketIoError } from '@ws-arena/wire/engine-io';
import {
  connectPacket,
  MESSAGE_EVENT,
  parseConnectAnswer,
  parseSocketIoPacket,
} from '@ws-arena/wire/socket-io';
import type { DialectPeer } from './dialect.ts';
import type { SessionPackets } from './socketio-packets.ts';

/** The longest offset: two numbers of 64 bits with a dash between, as streams of Redis count. */
const OFFSET_BYTES = 41;
const QUOTE = 0x22;
/** Between the text of a message and its offset. */
const SEPARATOR_BYTES = '","'.length;

/** What a client keeps of its session from one connection to the next. */
interface Kept {
  pid: string;
  readonly offset: Buffer;
  offsetBytes: number;
}

/**
 * The sessions of a job whose clients ask for what they missed: each message brings an offset, and a client that comes back
 * names its session and the offset of the last message that it has (socket.io/docs/v4/connection-state-recovery).
 */
export class RestoredSessions {
  /** How many the server has restored. */
  count = 0;
  readonly #kept = new Map<number, Kept>();

  /** @throws Error for messages that bring no offset, or hide it. */
  constructor({ dialect, payload, acks, handshake }: LoadSpec) {
    const isText = dialect === 'socketio' && payload.kind === 'random' && !payload.binary && !acks;
    if (!isText || handshake.transport === 'polling')
      throw new Error(
        'sessions are restored of text by the dialect socketio, over WebSocket and without acks',
      );
  }

  /** The packets that open a session of `peer`. @param receive takes a message that came before the session was open. */
  packetsOf(peer: DialectPeer, receive: (message: Buffer) => void): SessionPackets {
    const kept = this.#of(peer);
    return {
      connect: (token) => connectPacket(token, leftSession(kept)),
      readAnswer: (packet) => {
        const answer = parseSocketIoPacket(packet.toString());
        parseConnectAnswer(answer);
        const { pid } = answer.data as { readonly pid?: unknown };
        if (typeof pid !== 'string')
          throw new SocketIoError('the server restores no sessions: it gave no pid');
        if (pid === kept.pid) this.count++;
        kept.pid = pid;
      },
      missed: (packet) => {
        const isMissed = typeof packet === 'string' && packet.startsWith(`42["${MESSAGE_EVENT}"`);
        if (isMissed) receive(Buffer.from(packet));
        return isMissed;
      },
    };
  }

  /** Where the text ends that begins at `at` of the packet `data[…, end)`; the offset behind it is kept. */
  textEnd(peer: DialectPeer, data: Buffer, at: number, end: number): number {
    const textEnd = data.indexOf(QUOTE, at);
    const offsetAt = textEnd + SEPARATOR_BYTES;
    const bytes = end - 2 - offsetAt;
    // There is none while the server cannot reach Redis.
    if (bytes > 0 && bytes <= OFFSET_BYTES) {
      const kept = this.#of(peer);
      kept.offsetBytes = data.copy(kept.offset, 0, offsetAt, end - 2);
    }
    return textEnd;
  }

  #of({ index }: DialectPeer): Kept {
    let kept = this.#kept.get(index);
    if (!kept) {
      kept = { pid: '', offset: Buffer.alloc(OFFSET_BYTES), offsetBytes: 0 };
      this.#kept.set(index, kept);
    }
    return kept;
  }
}

function leftSession({ pid, offset, offsetBytes }: Kept) {
  return offsetBytes === 0 ? undefined : { pid, offset: offset.toString('latin1', 0, offsetBytes) };
}
