import type { RunningServer } from '../running-server.ts';
import { clientFrame, opcodes } from '../suite/client-frame.ts';
import { Peer } from '../suite/peer.ts';
import { ifSeen } from '../suite/raw-client.ts';
import { negotiated } from './negotiated.ts';
import { type FrameCase, NOT_APPLICABLE, type RfcCase } from './rfc-case.ts';

/** The servers that the cases run on. */
export interface RfcServers {
  readonly plain: RunningServer;
  /** Absent where the library has no compression. */
  readonly deflate?: RunningServer;
  /** With context takeover; absent where the library has none. */
  readonly takeover?: RunningServer;
}

/** How long a server may take to answer at all; after it the outcome says that nothing came. */
const PATIENCE_MS = 3000;
const FENCE = 'fence';

/** Runs one case on one connection of its own and puts what was seen in words. */
export async function runCase(rfcCase: RfcCase, servers: RfcServers): Promise<string> {
  const server = serverOf(rfcCase, servers);
  if (!server) return NOT_APPLICABLE;
  if (rfcCase.kind === 'frames') return frames(rfcCase, server);
  const asked =
    rfcCase.kind === 'handshake'
      ? { request: rfcCase.request, ...(rfcCase.firstBytes && { firstBytes: rfcCase.firstBytes }) }
      : { offer: rfcCase.offer };
  const peer = await ifSeen(Peer.knock(server, asked));
  peer?.raw.destroy();
  if (!peer) return 'no answer';
  if (rfcCase.kind === 'negotiation') return negotiated(rfcCase.offer, peer.raw.head);
  return peer.raw.head ? `HTTP ${peer.raw.head.status}` : 'dropped';
}

function serverOf(rfcCase: RfcCase, servers: RfcServers): RunningServer | undefined {
  if (rfcCase.kind === 'negotiation') return rfcCase.takeover ? servers.takeover : servers.deflate;
  return rfcCase.kind === 'handshake' || rfcCase.offer === undefined ? servers.plain : servers.deflate;
}

async function frames(rfcCase: FrameCase, server: RunningServer): Promise<string> {
  const { wire } = server.target.capabilities;
  // The hand-made frames are texts, and so no packets of the msgpack parser.
  if (wire === 'socketio-msgpack' || (rfcCase.plainOnly && wire !== 'websocket')) return NOT_APPLICABLE;
  const peer = await Peer.open(server, rfcCase.offer === undefined ? {} : { offer: rfcCase.offer });
  if (rfcCase.first !== undefined) {
    peer.say(rfcCase.first, { compressed: rfcCase.offer !== undefined });
    await seen(peer, () => peer.messages.length > 0);
    if (!isEcho(peer.messages.shift()?.data, rfcCase.first)) return 'not even an echo';
  }
  for (const bytes of rfcCase.send(peer)) peer.raw.send(bytes);
  if (rfcCase.fence === 'text') peer.say(FENCE);
  if (rfcCase.fence === 'ping') peer.raw.send(clientFrame({ opcode: opcodes.ping, payload: FENCE }));
  const passed = () =>
    peer.messages.some(({ data }) => data.equals(Buffer.from(FENCE))) ||
    peer.pongs.some(({ payload }) => payload.equals(Buffer.from(FENCE)));
  const answered = await seen(peer, () => passed() || peer.closeCode !== undefined);
  const ended = answered && passed() ? false : await seen(peer, () => false);
  peer.raw.destroy();
  return words(rfcCase, peer, passed(), ended);
}

/** Whether `look` came true, or the connection ended, in time. */
async function seen(peer: Peer, look: () => boolean): Promise<boolean> {
  const answer = peer.raw.until('an answer', () => look() || peer.raw.ended !== undefined, PATIENCE_MS);
  return (await ifSeen(answer)) ?? false;
}

function words(rfcCase: FrameCase, peer: Peer, passed: boolean, ended: boolean): string {
  const fence = Buffer.from(FENCE);
  const pongs = peer.pongs.filter(({ payload }) => !payload.equals(fence)).length;
  const messages = peer.messages.filter(({ data }) => !data.equals(fence));
  const said: string[] = [];
  // What a server wrote before it cut a connection may be lost with it: whether a pong came then is the network's doing.
  const cut = ended && peer.closeCode === undefined;
  if (pongs > 0 && !cut) said.push(pongs === 1 ? 'pong' : `${pongs} pongs`);
  const wrong = messages.findIndex(({ data }, i) => !isEcho(data, rfcCase.echoes?.[i]));
  if (wrong >= 0) said.push('a message that is no echo');
  else if (messages.length > 0) said.push(messages.length === 1 ? 'echo' : `${messages.length} echoes`);
  if (peer.closeCode !== undefined) said.push(`close ${peer.closeCode}${ended ? '' : ', TCP left open'}`);
  else if (ended) said.push('dropped');
  else if (!passed) said.push('no answer any more');
  return said.join(', ') || 'ignored';
}

function isEcho(data: Buffer | undefined, sent: string | Buffer | undefined): boolean {
  return data !== undefined && sent !== undefined && data.equals(Buffer.from(sent));
}
