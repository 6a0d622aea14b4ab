import type { ServerConfig } from '@ws-arena/config/options';
import type { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { PushClock } from '@ws-arena/lifecycle/push-clock';
import { roomCarrier } from '@ws-arena/lifecycle/room-carrier';
import { Rooms } from '@ws-arena/lifecycle/rooms';
import type { Server } from 'bun';
import type { Connection } from './connection.ts';

/** What a connection's messages do: the part that a server of your own replaces. */
export interface Messages {
  /** A connection has opened: a member joins its room, and a push begins. */
  join(connection: Connection): void;
  take(connection: Connection, message: string | Buffer<ArrayBuffer>, bytes: number): void;
  leave(connection: Connection): void;
  /** Stops the pushes and closes the connection to Redis. */
  stop(): void;
}

/**
 * Echo, rooms and push, each by Bun's own idiom.
 * @param servers those whose connections are the members; filled when they listen.
 */
export async function serveMessages(
  servers: readonly Server<Connection>[],
  config: ServerConfig,
  metrics: Metrics,
  heartbeat: Heartbeat<Connection>,
): Promise<Messages> {
  const rooms = new Rooms<Connection>();
  const pushes = new PushClock((topic, text) => publish(topic, text, Buffer.byteLength(text)));
  const compressFrom = config.deflateLevel > 0 ? config.deflateThresholdBytes : Number.POSITIVE_INFINITY;
  const published = new Set<ReadonlySet<Connection>>();
  // Bun sends a string as text and a Buffer as binary; Redis carries bytes.
  const carrier =
    config.redisUrl === ''
      ? undefined
      : await roomCarrier<Buffer>(config, metrics, rooms, (topic, message, isBinary) =>
          publish(topic, isBinary ? message : message.toString(), message.byteLength),
        );

  /** Bun's own fan-out, which tells nothing of the members' backlogs: they are looked at once in a turn of the loop. */
  function publish(topic: string, message: string | Buffer, bytes: number): void {
    const members = rooms.membersOf(topic);
    for (const server of servers) server.publish(topic, message as string, bytes >= compressFrom);
    metrics.sent(members.size, bytes);
    if (published.size === 0) setImmediate(lookAtBacklogs);
    published.add(members);
  }

  function lookAtBacklogs(): void {
    for (const members of published) {
      for (const member of members) {
        const waiting = member.waitingBytes();
        if (waiting > config.maxBufferedBytes) {
          metrics.cut('buffer_full');
          member.terminate();
        } else if (waiting > 0) heartbeat.watchWrites(member.beat);
      }
    }
    published.clear();
  }

  return {
    join(connection) {
      const { ws, workload } = connection;
      if (workload.kind === 'echo') return;
      ws.subscribe(workload.topic);
      rooms.join(workload.topic, connection);
      if (workload.kind === 'push') pushes.join(workload);
    },
    take(connection, message, bytes) {
      const { ws, workload } = connection;
      if (workload.kind === 'room') {
        metrics.received(bytes);
        if (!carrier) publish(workload.topic, message, bytes);
        else if (typeof message === 'string') carrier.publish(workload.topic, Buffer.from(message), false);
        else carrier.publish(workload.topic, message, true);
        return;
      }
      metrics.echoed(bytes);
      // A number of bytes is sent; anything else waits, or is empty.
      if (ws.send(message, bytes >= compressFrom) > 0) return;
      heartbeat.watchWrites(connection.beat);
      // An echo peer that does not read is not read from until its backlog is gone.
      if (ws.getBufferedAmount() > config.maxBufferedBytes) ws.pause();
    },
    leave(connection) {
      const { workload } = connection;
      if (workload.kind !== 'echo') rooms.leave(workload.topic, connection);
      if (workload.kind === 'push') pushes.leave(workload);
    },
    stop() {
      pushes.stop();
      carrier?.close();
    },
  };
}
