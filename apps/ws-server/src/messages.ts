import type { ServerConfig } from '@ws-arena/config/options';
import type { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { PushClock } from '@ws-arena/lifecycle/push-clock';
import { roomCarrier } from '@ws-arena/lifecycle/room-carrier';
import { Rooms } from '@ws-arena/lifecycle/rooms';
import type { Connection } from './connection.ts';

/** What a connection's messages do: the part that a server of your own replaces. */
export interface Messages {
  /** A connection has opened: a member joins its room, and a push begins. */
  join(connection: Connection): void;
  take(connection: Connection, message: Buffer, isBinary: boolean): void;
  leave(connection: Connection): void;
  /** Stops the pushes and closes the connection to Redis. */
  stop(): void;
}

/** Echo, rooms and push, with what waits for a peer bounded by `maxBufferedBytes`. */
export async function serveMessages(
  config: ServerConfig,
  metrics: Metrics,
  heartbeat: Heartbeat<Connection>,
): Promise<Messages> {
  const rooms = new Rooms<Connection>();
  const carrier = await roomCarrier<Buffer>(config, metrics, rooms, fanOut);
  const pushes = new PushClock((topic, text) => fanOut(topic, Buffer.from(text), false));

  function fanOut(topic: string, message: Buffer, isBinary: boolean): void {
    const members = rooms.membersOf(topic);
    metrics.sent(members.size, message.length);
    for (const member of members) {
      send(member, message, isBinary);
      // One that is cut is a member until it has closed.
      if (member.bufferedAmount > config.maxBufferedBytes && member.readyState === member.OPEN) {
        metrics.cut('buffer_full');
        member.terminate();
      }
    }
  }

  function send(to: Connection, message: Buffer, isBinary: boolean): void {
    to.send(message, { binary: isBinary, compress: message.length >= config.deflateThresholdBytes });
    if (to.bufferedAmount > 0) heartbeat.watchWrites(to.beat);
  }

  return {
    join(connection) {
      const { workload } = connection;
      if (workload.topic) rooms.join(workload.topic, connection);
      if (workload.kind === 'push') pushes.join(workload);
    },
    take(connection, message, isBinary) {
      if (connection.workload.kind === 'room') {
        metrics.received(message.length);
        carrier.publish(connection.workload.topic, message, isBinary);
        return;
      }
      metrics.echoed(message.length);
      send(connection, message, isBinary);
      if (connection.bufferedAmount > config.maxBufferedBytes && !connection.isPaused)
        stopReading(connection);
    },
    leave(connection) {
      const { workload } = connection;
      if (workload.topic) rooms.leave(workload.topic, connection);
      if (workload.kind === 'push') pushes.leave(workload);
    },
    stop() {
      pushes.stop();
      carrier.close();
    },
  };
}

/** An echo peer that does not read is not read from; a ping behind its backlog tells when the backlog is gone. */
function stopReading(connection: Connection): void {
  connection.pause();
  connection.ping('', false, () => connection.resume());
}
