import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import { execute, GraphQLObjectType, GraphQLSchema, GraphQLString, subscribe, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { Server as RpcServer } from 'rpc-websockets';
import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws';

/** A real server of a protocol. */
export interface ProtocolServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Asked once for each message of a load: whether it is left without an answer. */
export type Drops = () => boolean;

const none: Drops = () => false;

const never = new Promise<never>(() => {});

/** graphql-ws: the query `echo(text:)`. */
export async function graphqlServer(dropped = none): Promise<ProtocolServer> {
  const echo = {
    type: GraphQLString,
    args: { text: { type: GraphQLString } },
    resolve: (_: unknown, { text }: { text: string }) => (dropped() ? never : text),
  };
  const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { echo } }) });
  const http = createServer();
  const onConnect = ({ connectionParams }: { connectionParams?: Record<string, unknown> }) =>
    connectionParams?.user === 'ann';
  // The functions are handed over: Vite and Node load `graphql` once each.
  const functions = { execute, subscribe, validate };
  useServer({ schema, ...functions, onConnect }, new WebSocketServer({ server: http }));
  return listening(http);
}

/** The MQTT broker aedes, behind WebSocket. */
export async function mqttServer(dropped = none): Promise<ProtocolServer> {
  const broker = await Aedes.createBroker({
    authenticate: (_client, user, password, done) =>
      done(null, user === 'ann' && String(password) === 'secret'),
    authorizeForward: (_client, packet) => (dropped() ? null : packet),
  });
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket, request) => broker.handle(createWebSocketStream(socket), request));
  return listening(http, () => broker.close());
}

/**
 * A broker behind a relay that passes everything on, but for messages that it delivers and `dropped` wants dropped.
 * @param delivers whether a WebSocket message of the broker is one.
 */
export async function lossyRelay(
  broker: ProtocolServer,
  delivers: (message: Buffer) => boolean,
  dropped = none,
): Promise<ProtocolServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, stream, head) => {
    const protocol = request.headers['sec-websocket-protocol'];
    const upstream = new WebSocket(broker.url, protocol);
    upstream.on('error', () => stream.destroy());
    upstream.on('open', () =>
      sockets.handleUpgrade(request, stream, head, (client) => {
        client.on('message', (data, binary) => upstream.send(data, { binary }));
        client.on('close', () => upstream.terminate());
        upstream.on('close', () => client.close());
        upstream.on('message', (data: Buffer, binary) => {
          if (!delivers(data) || !dropped()) client.send(data, { binary });
        });
      }),
    );
  });
  return listening(http);
}

/** rpc-websockets: the method `echo`, which returns its parameters. */
export async function rpcServer(dropped = none): Promise<ProtocolServer> {
  const http = createServer();
  const server = new RpcServer({ server: http });
  server.register('echo', (params) => (dropped() ? never : params));
  return listening(http, () => server.close());
}

/** A chat over JSON, as `examples/chat.ts` speaks it. */
export async function chatServer(dropped = none): Promise<ProtocolServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'login') {
        const type = message.user.startsWith('ann-') ? 'welcome' : 'stranger';
        socket.send(JSON.stringify({ type, room: `room of ${message.user}` }));
        socket.send('{"type":"ping"}');
      } else if (message.type === 'say' && message.room.startsWith('room of ann-') && !dropped())
        socket.send(JSON.stringify({ type: 'ack', id: message.id }));
    });
  });
  return listening(http);
}

async function listening(http: Server, close: () => unknown = () => {}): Promise<ProtocolServer> {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    async stop() {
      await close();
      http.closeAllConnections();
      http.close();
    },
  };
}
