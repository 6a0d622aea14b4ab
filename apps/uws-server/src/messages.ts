import type { TemplatedApp, WebSocket } from 'uWebSockets.js';
import type { ServerConfig } from '@ws-arena/config/options';
import type { Heartbeat } from '@ws-arena/lifecycle/heartbeat';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { PushClock } from '@ws-arena/lifecycle/push-clock';
import { roomCarrier } from '@ws-arena/lifecycle/room-carrier';
import { Rooms } from '@ws-arena/lifecycle/rooms';
import type { Connection, UserData } from './connection.ts';

/** What a connection's messages do: the part that a server of your own replaces. */
export interface Messages {
  /** A connection has opened: a member joins its room, and a push begins. */
  join(connection: Connection): void;
  take(ws: WebSocket<UserData>, connection: Connection, message: ArrayBuffer, isBinary: boolean): void;
  leave(connection: Connection): void;
  /** Stops the pushes and closes the connection to Redis. */
  stop(): void;
}

/** Echo, rooms and push, each by uWS' own idiom. */
export async function serveMessages(
  app: TemplatedApp,
  config: ServerConfig,
  metrics: Metrics,
  heartbeat: Heartbeat<Connection>,
): Promise<Messages> {
  const rooms = new Rooms<Connection>();
  const carrier = await roomCarrier<ArrayBuffer>(config, metrics, rooms, publish);
  const pushes = new PushClock((topic, text) => publish(topic, Buffer.from(text), false));
  const compressFrom = config.deflateLevel > 0 ? config.deflateThresholdBytes : Number.POSITIVE_INFINITY;

  /** uWS' own fan-out: it batches, and tells nothing of the members' backlogs; the next tick looks at them. */
  function publish(topic: string, message: ArrayBuffer | Uint8Array, isBinary: boolean): void {
    const members = rooms.membersOf(topic);
    app.publish(topic, message, isBinary, message.byteLength >= compressFrom);
    heartbeat.suspectWrites(members);
    metrics.sent(members.size, message.byteLength);
  }

  return {
    join(connection) {
      const { ws, workload } = connection;
      if (workload.kind === 'echo') return;
      ws.subscribe(workload.topic);
      rooms.join(workload.topic, connection);
      if (workload.kind === 'push') pushes.join(workload);
    },
    take(ws, connection, message, isBinary) {
      const bytes = message.byteLength;
      if (connection.workload.kind === 'room') {
        metrics.received(bytes);
        carrier.publish(connection.workload.topic, message, isBinary);
        return;
      }
      metrics.echoed(bytes);
      // 1 is sent; anything else waits, or was dropped at the cap.
      if (ws.send(message, isBinary, bytes >= compressFrom) !== 1) heartbeat.watchWrites(connection.beat);
    },
    leave(connection) {
      const { workload } = connection;
      if (workload.kind !== 'echo') rooms.leave(workload.topic, connection);
      if (workload.kind === 'push') pushes.leave(workload);
    },
    stop() {
      pushes.stop();
      carrier.close();
    },
  };
}
