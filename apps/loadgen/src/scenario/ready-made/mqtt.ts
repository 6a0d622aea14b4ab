import { generate, type IConnackPacket, type Packet, type Parser, parser } from 'mqtt-packet';
import type { OpeningPeer, Scenario, ScenarioParams } from '../scenario.ts';

/** What a connection keeps: its topic, and the packets that its parser has read. */
interface Session {
  readonly topic: string;
  readonly parser: Parser;
  readonly packets: Packet[];
  messageId: number;
}

const SLOT = 22;

/**
 * MQTT over WebSocket: each connection subscribes to a topic of its own, and gets back what it publishes there. Parameters:
 * `version` (`3.1.1`, or `5`), `topic` (`loadgen/{connection}`, with the connection's ordinal), `qos` of what is published
 * (`0`, or `1`), `user` and `password`.
 */
export default function mqtt(params: ScenarioParams): Scenario<Session> {
  const { topic = 'loadgen/{connection}', user, password } = params;
  const protocolVersion = ({ '3.1.1': 4, '5': 5 } as const)[
    oneOf('version', params.version ?? '3.1.1', ['3.1.1', '5'])
  ];
  const qos = ({ '0': 0, '1': 1 } as const)[oneOf('qos', params.qos ?? '0', ['0', '1'])];
  return {
    subprotocols: ['mqtt'],
    // A packet of QoS 1 has an identifier of its own.
    made: qos === 0 ? 'connection' : 'send',
    async open(peer) {
      const session = sessionOf(topic.replace('{connection}', String(peer.index)), protocolVersion);
      peer.send(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion,
          clean: true,
          clientId: `loadgen-${process.pid}-${peer.index}`,
          // A load is never silent, and a pause of it is no reason to be cut.
          keepalive: 0,
          ...(user !== undefined && { username: user }),
          ...(password !== undefined && { password: Buffer.from(password) }),
        }),
      );
      const { returnCode, reasonCode } = (await nextPacket(peer, session, 'connack')) as IConnackPacket;
      const refused = returnCode || reasonCode;
      if (refused) throw new Error(`the server refused CONNECT with code ${refused}`);
      const subscription = { topic: session.topic, qos: 0 } as const;
      peer.send(
        generate({ cmd: 'subscribe', messageId: 1, subscriptions: [subscription] }, { protocolVersion }),
      );
      await nextPacket(peer, session, 'suback');
      return session;
    },
    message({ state }, { slot, content }) {
      state.messageId = (state.messageId % 65_535) + 1;
      const packet = {
        cmd: 'publish',
        topic: state.topic,
        payload: slot + content,
        qos,
        dup: false,
        retain: false,
      } as const;
      return generate({ ...packet, ...(qos > 0 && { messageId: state.messageId }) }, { protocolVersion });
    },
    answer({ state }, message) {
      state.parser.parse(Buffer.from(message));
      const packets = state.packets.splice(0);
      return packets.flatMap((packet) =>
        packet.cmd === 'publish' ? [packet.payload.toString('latin1').slice(0, SLOT)] : [],
      );
    },
    close: (peer) => peer.send(generate({ cmd: 'disconnect' }, { protocolVersion })),
  };
}

function sessionOf(topic: string, protocolVersion: number): Session {
  const session: Session = { topic, parser: parser({ protocolVersion }), packets: [], messageId: 0 };
  session.parser.on('packet', (packet) => session.packets.push(packet));
  session.parser.on('error', (error) => {
    throw error;
  });
  return session;
}

async function nextPacket(peer: OpeningPeer, session: Session, wanted: Packet['cmd']): Promise<Packet> {
  while (session.packets.length === 0) session.parser.parse(Buffer.from(await peer.next()));
  const packet = session.packets.shift()!;
  if (packet.cmd === wanted) return packet;
  throw new Error(`${wanted} was expected, and the server sent ${packet.cmd}`);
}

function oneOf<T extends string>(name: string, got: string, allowed: readonly T[]): T {
  const value = allowed.find((one) => one === got);
  if (value === undefined)
    throw new Error(`${name} is ${JSON.stringify(got)}; wanted: ${allowed.join(' or ')}`);
  return value;
}
