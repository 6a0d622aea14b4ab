import type { Workload } from '@ws-arena/lifecycle/admission';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { PushClock } from '@ws-arena/lifecycle/push-clock';
import type { Server, Socket } from 'socket.io';

type Acknowledge = (data: unknown) => void;

/**
 * Echo, rooms and push on the event `message` of the namespace `/`. An event that asks for an acknowledgement gets
 * its data back in that, instead of in an event. Returns what stops the pushes.
 * @param workloadOf what the connection below a socket has come for.
 */
export function serveMessages(
  io: Server,
  metrics: Metrics,
  workloadOf: (socket: Socket) => Workload,
): () => void {
  const { rooms } = io.of('/').adapter;
  const pushes = new PushClock((topic, text) => fanOut(topic, text));

  io.on('connection', (socket) => {
    const workload = workloadOf(socket);
    if (workload.kind === 'room') {
      const { topic } = workload;
      socket.join(topic);
      socket.on('message', (data: unknown, acknowledge?: Acknowledge) => {
        metrics.received(payloadBytes(data));
        fanOut(topic, data);
        acknowledge?.(data);
      });
      return;
    }
    if (workload.kind === 'push') {
      socket.join(workload.topic);
      pushes.join(workload);
      socket.on('disconnect', () => pushes.leave(workload));
    }
    socket.on('message', (data: unknown, acknowledge?: Acknowledge) => {
      metrics.echoed(payloadBytes(data));
      if (acknowledge) acknowledge(data);
      else socket.emit('message', data);
    });
  });

  function fanOut(topic: string, data: unknown): void {
    const members = rooms.get(topic)?.size ?? 0;
    io.to(topic).emit('message', data);
    metrics.sent(members, payloadBytes(data));
  }

  return () => pushes.stop();
}

/** Bytes of a text or binary message; 0 for any other value of JSON. */
function payloadBytes(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return data instanceof Uint8Array ? data.byteLength : 0;
}
