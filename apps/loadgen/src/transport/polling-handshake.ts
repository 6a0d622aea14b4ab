import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { decodePollingBody, encodePollingBody, parseOpenPacket } from '@ws-arena/wire/engine-io';
import { engineTarget } from '../wire/socketio-opening.ts';
import { sessionPackets } from '../wire/socketio-packets.ts';
import type { Destination } from './destination.ts';
import { requestHeaders } from './protocol.ts';
import { tlsContext, tlsOptions } from './tls-transport.ts';
import { reasonOf } from './transport.ts';

const PING = '2';
const PONG = '3';
const NOOP = '6';
const MAX_BODY_BYTES = 1_048_576;

/** Requests before the upgrade; resolves to where that goes. Rejects with the reason, also when `stop` is aborted. */
export type PollingHandshake = (destination: Destination, stop: AbortSignal) => Promise<Destination>;

/**
 * What Socket.IO's clients do by default before the upgrade: GET opens the Engine.IO session, POST sends CONNECT, GET
 * brings its answer. One difference: an official client has a further GET under way while it probes, which the server
 * ends with a no-op up to 100 ms later; without it the switch is not held up.
 */
export function pollingHandshake(spec: LoadSpec): PollingHandshake {
  const packets = sessionPackets(spec);
  const connect = encodePollingBody([packets.connect(spec.handshake.token)]);
  const headers = requestHeaders(spec);
  const tls = spec.urls.some((url) => url.startsWith('wss:')) ? tlsContext(spec) : undefined;
  return async (destination, stop) => {
    const { endpoint, url } = destination;
    const options: RequestOptions = {
      host: endpoint.address,
      port: endpoint.port,
      timeout: spec.handshake.timeoutMs,
      signal: stop,
      agent: false,
      ...(tls && tlsOptions(tls, endpoint)),
      ...(endpoint.localAddress !== undefined && { localAddress: endpoint.localAddress }),
    };
    const send = async (sid?: string, body?: string) => {
      const path = engineTarget(url, 'polling', sid);
      const own = body === undefined ? {} : { 'Content-Type': 'text/plain;charset=UTF-8' };
      const method = body === undefined ? 'GET' : 'POST';
      const request = { ...options, path, method, headers: { Host: url.host, ...headers, ...own } };
      return decodePollingBody(await exchange(url, request, body));
    };
    const { sid } = parseOpenPacket(String((await send())[0] ?? ''));
    await send(sid, connect);
    for (;;) {
      for (const packet of await send(sid)) {
        if (packet === PING) await send(sid, PONG);
        if (packet === PING || packet === NOOP) continue;
        packets.readAnswer(packet);
        return { ...destination, path: engineTarget(url, 'websocket', sid) };
      }
    }
  };
}

/** The body of the response to one request. */
async function exchange(url: URL, options: RequestOptions, body = ''): Promise<string> {
  const request = (url.protocol === 'wss:' ? httpsRequest : httpRequest)(options);
  request.once('timeout', () => request.destroy(new Error('timeout')));
  try {
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.setEncoding('utf8');
    let text = '';
    for await (const chunk of response) {
      text += chunk;
      if (text.length > MAX_BODY_BYTES)
        throw new Error(`a polling response of more than ${MAX_BODY_BYTES} bytes`);
    }
    if (response.statusCode !== 200) throw new Error(`polling status ${response.statusCode}`);
    return text;
  } catch (error) {
    const cause = options.signal?.aborted ? options.signal.reason : error;
    throw new Error(reasonOf(cause as Error), { cause });
  }
}
