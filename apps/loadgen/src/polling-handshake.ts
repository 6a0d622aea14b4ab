import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { decodePollingBody, parseOpenPacket } from '@ws-arena/wire/engine-io';
import { connectPacket, packetType, parseConnectAnswer, parseSocketIoPacket } from '@ws-arena/wire/socket-io';
import { encodeMsgpackPacket, parseMsgpackPacket } from '@ws-arena/wire/socket-io-msgpack';
import type { DialectCodec } from './dialect.ts';
import { engineTarget } from './socketio-opening.ts';
import { tlsContext, tlsOptions } from './tls-transport.ts';
import { type Endpoint, reasonOf } from './transport.ts';

/**
 * What Socket.IO's clients do by default before the upgrade: GET opens the Engine.IO session, POST sends CONNECT, GET
 * brings its answer. One difference: an official client has a further GET under way while it probes, which the server
 * ends with a no-op up to 100 ms later; without it the switch is not held up. Resolves to the target of the upgrade.
 */
export function pollingHandshake(spec: LoadSpec): NonNullable<DialectCodec['before']> {
  const msgpack = spec.dialect === 'socketio-msgpack';
  const { token } = spec.handshake;
  const connect = msgpack
    ? encodeMsgpackPacket({ type: packetType.connect, ...(token !== undefined && { data: { token } }) })
    : connectPacket(token);
  const body = typeof connect === 'string' ? connect : `b${connect.toString('base64')}`;
  const tls = spec.urls.some((url) => url.startsWith('wss:')) ? tlsContext(spec) : undefined;
  return async (endpoint, url, stop) => {
    const send = (method: 'GET' | 'POST', sid?: string) =>
      exchange(
        spec,
        endpoint,
        url,
        {
          method,
          path: engineTarget(url, 'polling', sid),
          signal: stop,
          ...(tls && tlsOptions(tls, endpoint)),
        },
        method === 'POST' ? body : '',
      );
    const { sid } = parseOpenPacket(decodePollingBody(await send('GET')).map(String)[0] ?? '');
    await send('POST', sid);
    for (;;) {
      for (const packet of decodePollingBody(await send('GET', sid))) {
        if (packet === '6') continue;
        parseConnectAnswer(
          typeof packet === 'string' ? parseSocketIoPacket(packet) : parseMsgpackPacket(packet),
        );
        return engineTarget(url, 'websocket', sid);
      }
    }
  };
}

async function exchange(
  spec: LoadSpec,
  endpoint: Endpoint,
  url: URL,
  options: RequestOptions,
  body: string,
): Promise<string> {
  const { handshake } = spec;
  const request = (url.protocol === 'wss:' ? httpsRequest : httpRequest)({
    ...options,
    host: endpoint.address,
    port: endpoint.port,
    timeout: handshake.timeoutMs,
    agent: false,
    ...(endpoint.localAddress !== undefined && { localAddress: endpoint.localAddress }),
    headers: {
      Host: url.host,
      ...(handshake.origin !== undefined && { Origin: handshake.origin }),
      ...(handshake.token !== undefined && { Authorization: `Bearer ${handshake.token}` }),
      ...handshake.headers,
      ...(body !== '' && {
        'Content-Type': 'text/plain;charset=UTF-8',
        'Content-Length': Buffer.byteLength(body),
      }),
    },
  });
  request.end(body);
  return read(await answer(request));
}

function answer(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('timeout', () => request.destroy(new Error('timeout')));
    request.once('error', (error) => {
      const cause = error.name === 'AbortError' ? (error.cause as Error) : error;
      reject(new Error(reasonOf(cause), { cause }));
    });
  });
}

async function read(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) body += chunk;
  if (response.statusCode !== 200) throw new Error(`polling status ${response.statusCode}`);
  return body;
}
