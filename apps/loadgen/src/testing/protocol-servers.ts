import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Aedes } from 'aedes';
import { execute, GraphQLObjectType, GraphQLSchema, GraphQLString, subscribe, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { Server as RpcServer } from 'rpc-websockets';
import { createWebSocketStream, WebSocketServer } from 'ws';

/** A real server of a protocol. It leaves the `dropOneIn`th message, and every further one of that, without an answer. */
export interface ProtocolServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** True for each `n`th call; never for 0. */
function everyNth(n: number): () => boolean {
  let calls = 0;
  return () => n > 0 && ++calls % n === 0;
}

const never = new Promise<never>(() => {});

/** graphql-ws: the query `echo(text:)`. */
export async function graphqlServer(dropOneIn = 0): Promise<ProtocolServer> {
  const dropped = everyNth(dropOneIn);
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
export async function mqttServer(dropOneIn = 0): Promise<ProtocolServer> {
  const dropped = everyNth(dropOneIn);
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

/** The MQTT broker mosquitto, as a process; WebSocket messages and its stream of TCP are each other's. */
export async function mosquittoServer(): Promise<ProtocolServer> {
  const port = await freePort();
  const file = join(mkdtempSync(join(tmpdir(), 'mosquitto-')), 'mosquitto.conf');
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
  const child = spawn('mosquitto', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  await lineWith(child.stderr, 'running', exited);
  const http = createServer();
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    const messages = createWebSocketStream(socket);
    messages.pipe(connect(port, '127.0.0.1').on('error', () => socket.terminate())).pipe(messages);
    messages.on('error', () => {});
  });
  return listening(http, async () => {
    child.kill();
    await exited;
  });
}

/** Where Debian's package puts the server; the `rabbitmq-server` in the PATH changes to a user of its own. */
export const rabbitmq = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** RabbitMQ with its plugin for STOMP over WebSocket, as a process. It takes some ten seconds to start. */
export async function stompServer(): Promise<ProtocolServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rabbitmq-'));
  const [amqp, port, distribution, epmd] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const [plugins, config] = [join(folder, 'plugins'), join(folder, 'rabbitmq.conf')];
  writeFileSync(plugins, '[rabbitmq_web_stomp].\n');
  const tcp = [`listeners.tcp.default = 127.0.0.1:${amqp}`, 'web_stomp.tcp.ip = 127.0.0.1'];
  writeFileSync(config, `${tcp.join('\n')}\nweb_stomp.tcp.port = ${port}\n`);
  const env = {
    ...process.env,
    HOME: folder,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(epmd),
    RABBITMQ_NODENAME: 'loadgen@localhost',
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: folder,
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
  };
  const child = spawn(rabbitmq, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  await lineWith(child.stdout, 'Server startup complete', exited);
  return {
    url: `ws://127.0.0.1:${port}/ws`,
    async stop() {
      child.kill();
      await exited;
      // Erlang leaves its port mapper running.
      spawnSync('epmd', ['-port', String(epmd), '-kill'], { env });
    },
  };
}

/** Resolves when the process has printed a line with `word`. @throws Error when it ends before. */
async function lineWith(stream: Readable, word: string, exited: Promise<unknown[]>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: stream }).on('line', (line) => line.includes(word) && resolve());
    void exited.then(([code]) => reject(new Error(`the server ended with exit code ${code}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** rpc-websockets: the method `echo`, which returns its parameters. */
export async function rpcServer(dropOneIn = 0): Promise<ProtocolServer> {
  const dropped = everyNth(dropOneIn);
  const http = createServer();
  const server = new RpcServer({ server: http });
  server.register('echo', (params) => (dropped() ? never : params));
  return listening(http, () => server.close());
}

/** A chat over JSON, as `examples/chat.ts` speaks it. */
export async function chatServer(dropOneIn = 0): Promise<ProtocolServer> {
  const dropped = everyNth(dropOneIn);
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
