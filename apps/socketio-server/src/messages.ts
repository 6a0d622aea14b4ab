import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { PushClock } from '@ws-arena/lifecycle/push-clock';
import type { Server } from 'socket.io';
import { admittedBy } from './connection.ts';

type Payload = string | Uint8Array | object;
type Acknowledge = (data: Payload) => void;

/**
 * Echo, rooms and push on the event `message` of the namespace `/`: the part that a server of your own replaces. An event
 * that asks for an acknowledgement gets its data back in that, instead of in an event. Whoever sends a `message` that is
 * none is disconnected. Returns what stops the pushes.
 */
export function serveMessages(io: Server, metrics: Metrics): () => void {
  const { rooms } = io.of('/').adapter;
  const pushes = new PushClock((topic, text) => fanOut(topic, text, Buffer.byteLength(text)));

  io.on('connection', (socket) => {
    const { workload } = admittedBy(socket.request);
    if (workload.topic) socket.join(workload.topic);
    if (workload.kind === 'push') {
      pushes.join(workload);
      socket.on('disconnect', () => pushes.leave(workload));
    }
    socket.on('message', (data: unknown, acknowledge: unknown) => {
      if (!isPayload(data) || !isAcknowledge(acknowledge)) return void socket.disconnect(true);
      const bytes = payloadBytes(data);
      if (workload.kind === 'room') {
        metrics.received(bytes);
        fanOut(workload.topic, data, bytes);
        acknowledge?.(data);
      } else {
        metrics.echoed(bytes);
        if (acknowledge) acknowledge(data);
        else socket.emit('message', data);
      }
    });
  });

  function fanOut(topic: string, data: Payload, bytes: number): void {
    const members = rooms.get(topic)?.size ?? 0;
    io.to(topic).emit('message', data);
    metrics.sent(members, bytes);
  }

  return () => pushes.stop();
}

/** Socket.IO encodes by recursion: JSON that is nested too deeply would end the process. */
const MAX_LEVELS = 64;

/** One text, one attachment, or JSON without any: an attachment that is named often would come back as often. */
function isPayload(data: unknown): data is Payload {
  if (typeof data === 'string' || data instanceof Uint8Array) return true;
  return typeof data === 'object' && data !== null && isPlain(data, MAX_LEVELS);
}

function isPlain(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0 || value instanceof Uint8Array) return false;
  for (const key in value) if (!isPlain(value[key as keyof typeof value], levels - 1)) return false;
  return true;
}

/** A client that asks for no acknowledgement can put anything in its place. */
function isAcknowledge(value: unknown): value is Acknowledge | undefined {
  return value === undefined || typeof value === 'function';
}

/** Bytes of a text or binary message; 0 for JSON, whose text is not known here. */
function payloadBytes(data: Payload): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return data instanceof Uint8Array ? data.byteLength : 0;
}
