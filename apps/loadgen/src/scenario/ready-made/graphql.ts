import type { Peer, Scenario, ScenarioParams } from '../scenario.ts';
import { member, parsed } from './json.ts';

/**
 * GraphQL over WebSocket, protocol graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md): each
 * message subscribes to an operation, and its first result is the answer. Parameters: `query` (`{ __typename }`);
 * `variables`, a JSON text in which `{content}` may stand; `init`, the JSON payload of connection_init.
 */
export default function graphql(params: ScenarioParams): Scenario {
  const { query = '{ __typename }', variables, init } = params;
  return {
    subprotocols: ['graphql-transport-ws'],
    async open(peer) {
      peer.send(`{"type":"connection_init"${init === undefined ? '' : `,"payload":${init}`}}`);
      for (;;) {
        const message = parsed(await peer.next());
        if (member(message, 'type') === 'connection_ack') return;
        if (!answersPing(peer, message))
          throw new Error(`connection_init was answered with ${JSON.stringify(message)}`);
      }
    },
    message(_peer, { slot, content }) {
      const given = variables?.replace('{content}', () => JSON.stringify(content).slice(1, -1));
      const payload = `{"query":${JSON.stringify(query)}${given === undefined ? '' : `,"variables":${given}`}}`;
      return `{"id":"${slot}","type":"subscribe","payload":${payload}}`;
    },
    answer(peer, text) {
      const message = parsed(text);
      const type = member(message, 'type');
      const errors =
        type === 'error' ? member(message, 'payload') : member(member(message, 'payload'), 'errors');
      if (errors !== undefined) throw new Error(`the server answered the query: ${JSON.stringify(errors)}`);
      if (type === 'next') return String(member(message, 'id'));
      answersPing(peer, message);
      return undefined;
    },
  };
}

function answersPing(peer: Peer, message: unknown): boolean {
  const isPing = member(message, 'type') === 'ping';
  if (isPing) peer.send('{"type":"pong"}');
  return isPing;
}
