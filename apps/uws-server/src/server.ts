import * as uWS from 'uWebSockets.js';
import { once } from 'node:events';
import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';
import { Admission } from '@ws-arena/lifecycle/admission';
import { NO_HANDSHAKE } from '@ws-arena/lifecycle/handshake';
import { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { Metrics } from '@ws-arena/lifecycle/metrics';
import type { Service } from '@ws-arena/lifecycle/process';
import { TokenGate } from '@ws-arena/lifecycle/token-gate';
import { Connection, type UserData } from './connection.ts';
import { handshakeKey, listen, refuse, serveObservability, tokenHeaders } from './http.ts';
import { serveMessages } from './messages.ts';

/**
 * Starts the contract's server on uWebSockets.js. Resolves when it listens.
 *
 * `doors` and `gate` decide who comes in. `heartbeat` pings, and keeps the pong and the write deadline. `drain` is what SIGTERM
 * does. What becomes of messages is in messages.ts, which a server of your own replaces.
 */
export async function startServer(config: ServerConfig): Promise<Service> {
  const compression = compressionOf(config);
  const app = uWS.App();
  const metrics = new Metrics();
  const doors = new Admission(config, metrics);
  const heartbeat = new Heartbeat<Connection>(config, (reason) => metrics.cut(reason));
  const gate = await TokenGate.of<Connection>(config, (connection, code) => connection.end(code));
  const messages = await serveMessages(app, config, metrics, heartbeat);

  app.ws<UserData>(config.path, {
    // uWS cuts what is above its own cap without a word. A cap above the limit leaves us the message, to say 1009.
    maxPayloadLength: Math.min(4 * config.readLimitBytes, 0x7fff_ffff),
    // uWS cannot stop reading from a WebSocket, so a peer that sends and does not read is cut at the cap.
    maxBackpressure: config.maxBufferedBytes,
    closeOnBackpressureLimit: true,
    // Its idle timer counts any byte as life and is 4 s coarse; the heartbeat is exact and counts pongs.
    idleTimeout: 0,
    sendPingsAutomatically: false,
    compression,

    async upgrade(res, req, context) {
      // `req` is gone after the first `await`.
      const key = handshakeKey(req);
      const protocols = req.getHeader('sec-websocket-protocol');
      const extensions = req.getHeader('sec-websocket-extensions');
      const query = req.getQuery();
      const origin = req.getHeader('origin');
      let workload = doors.admit(config.path, query, origin);
      if (workload.kind === 'refusal') return turnAway(res, workload.status, workload.sentence);
      if (key === undefined) return turnAway(res, 400, NO_HANDSHAKE);
      let untilSec: number | undefined;
      if (gate) {
        let aborted = false;
        res.onAborted(() => {
          aborted = true;
        });
        const verdict = await gate.verdict(tokenHeaders(req, protocols));
        if (aborted) return;
        if (verdict.status !== 200) return turnAway(res, verdict.status, verdict.reason);
        untilSec = verdict.expiresAtSec;
        // Meanwhile the last place may have been taken, or a drain have begun.
        workload = doors.admit(config.path, query, origin);
        if (workload.kind === 'refusal') return turnAway(res, workload.status, workload.sentence);
      }
      // Of several subprotocols the first is chosen, as ws does: the one behind `bearer` is the token.
      const [protocol = ''] = protocols.split(',', 1);
      // Not in `cork`, though uWS warns once on stderr: until uNetworking/uWebSockets#1929 cork takes what the upgrade left
      // in place for a response still, and may close it; on a busy machine one of eight (uws-pack 20.0.8).
      res.upgrade({ workload, untilSec }, key, protocol.trim(), extensions, context);
    },

    open(ws) {
      const data = ws.getUserData();
      const connection = new Connection(ws, data.workload);
      data.connection = connection;
      metrics.opened();
      connection.beat = heartbeat.add(connection);
      if (data.untilSec !== undefined) gate?.admit(connection, data.untilSec);
      messages.join(connection);
    },

    message(ws, message, isBinary) {
      const { connection } = ws.getUserData();
      if (connection.endCode !== 0) return;
      if (message.byteLength > config.readLimitBytes) connection.end(1009);
      else if (gate && !isBinary && gate.isToken(new Uint8Array(message)))
        void gate.refresh(connection, Buffer.from(message).toString());
      else messages.take(ws, connection, message, isBinary);
    },

    pong(ws) {
      heartbeat.pong(ws.getUserData().connection.beat);
    },

    drain(ws) {
      ws.getUserData().connection.drained();
    },

    dropped(ws) {
      const { connection } = ws.getUserData();
      if (!connection.overflowed) metrics.cut('buffer_full');
      connection.overflowed = true;
    },

    close(ws, code) {
      const { connection } = ws.getUserData();
      metrics.closed(code);
      heartbeat.remove(connection.beat);
      gate?.leave(connection);
      messages.leave(connection);
    },
  });
  serveObservability(app, metrics, doors, config.path);

  function turnAway(res: uWS.HttpResponse, status: number, sentence: string): void {
    metrics.rejected(status);
    refuse(res, status, sentence);
  }

  const listening = await listen(app, config);
  heartbeat.start();
  const { name, version } = installedPackage('uWebSockets.js', import.meta.url);
  return {
    port: listening.port,
    library: name === 'uWebSockets.js' ? name : `uWebSockets.js (${name})`,
    version,
    async drain() {
      doors.isOpen = false;
      await heartbeat.closeAll(config.drainSpreadMs, (connection) => connection.end(1001));
      messages.stop();
      listening.close();
      // uWS calls `close` when it has been told to close, and not when the peer has what was sent: a process that exits by
      // then resets the connection. But without a socket the event loop has nothing to wait for, and Node.js says so.
      await once(process, 'beforeExit');
    },
  };
}

/**
 * The compressors of uWS for these settings.
 * @throws ConfigError for those that it cannot keep, instead of being silently different.
 */
function compressionOf({ deflateLevel, deflateContextTakeover }: ServerConfig): uWS.CompressOptions {
  if (deflateLevel === 0) return uWS.DISABLED;
  if (deflateLevel !== 6) {
    throw new ConfigError(
      `deflateLevel is ${deflateLevel}; wanted: 0 (off) or 6, because uWebSockets.js compresses at zlib level 6 and at no other`,
    );
  }
  if (deflateContextTakeover) {
    throw new ConfigError(
      'deflateContextTakeover is true; wanted: false, because every dedicated compressor of uWebSockets.js becomes the 3 KB one and would keep another window than negotiated for',
    );
  }
  return uWS.SHARED_COMPRESSOR | uWS.SHARED_DECOMPRESSOR;
}
