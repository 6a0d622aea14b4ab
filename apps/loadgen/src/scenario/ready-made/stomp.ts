import type { OpeningPeer, Scenario, ScenarioParams } from '../scenario.ts';

const NUL = '\0';
const SLOT = 22;

/** What a connection keeps: its destination, and the beginning of a frame whose end is still to come. */
interface Session {
  readonly destination: string;
  begun: string;
}

/**
 * STOMP 1.2 (https://stomp.github.io/stomp-specification-1.2.html): each connection subscribes to a destination of its own,
 * and gets back what it sends there. Parameters: `destination` (`/topic/loadgen-{connection}`, with the connection's
 * ordinal), `host` (`/`), `user` and `password`.
 */
export default function stomp(params: ScenarioParams): Scenario<Session> {
  const { destination = '/topic/loadgen-{connection}', host = '/', user, password } = params;
  const login = {
    ...(user !== undefined && { login: user }),
    ...(password !== undefined && { passcode: password }),
  };
  return {
    subprotocols: ['v12.stomp'],
    async open(peer) {
      const session = { destination: destination.replace('{connection}', String(peer.index)), begun: '' };
      // No heart-beats: a load is never silent, and a pause of it is no reason to be cut.
      peer.send(frame('CONNECT', { 'accept-version': '1.2', host, 'heart-beat': '0,0', ...login }));
      await expectFrame(peer, session, 'CONNECTED');
      // A receipt says that the subscription stands before the first message leaves.
      const subscription = { id: '0', destination: session.destination, ack: 'auto', receipt: 'subscribed' };
      peer.send(frame('SUBSCRIBE', subscription));
      await expectFrame(peer, session, 'RECEIPT');
      return session;
    },
    message: ({ state }, { slot, content }) =>
      frame('SEND', { destination: state.destination }, slot + content),
    answer: ({ state }, message) => framesIn(state, message).flatMap(slotOf),
    close: (peer) => peer.send(frame('DISCONNECT', {})),
  };
}

function frame(command: string, headers: Readonly<Record<string, string>>, body = ''): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  return `${command}\n${lines.join('')}\n${body}${NUL}`;
}

/** The frames that end in a message; between them there may be line ends, which are heart-beats. */
function framesIn(session: Session, message: string | Buffer): string[] {
  const frames = (session.begun + message.toString()).split(NUL);
  session.begun = frames.pop()!;
  return frames.map((text) => text.trimStart());
}

/** @throws Error for a frame by which the server refuses something. */
function slotOf(text: string): string[] {
  if (text.startsWith('ERROR')) throw new Error(`the server sent ${JSON.stringify(text.slice(0, 200))}`);
  const end = text.startsWith('MESSAGE') ? /\r?\n\r?\n/.exec(text) : null;
  if (!end) return [];
  const body = end.index + end[0].length;
  return [text.slice(body, body + SLOT)];
}

async function expectFrame(peer: OpeningPeer, session: Session, command: string): Promise<void> {
  let frames: string[] = [];
  while (frames.length === 0) frames = framesIn(session, await peer.next());
  if (frames[0]!.startsWith(command)) return;
  throw new Error(`${command} was expected, and the server sent ${JSON.stringify(frames[0]!.slice(0, 200))}`);
}
