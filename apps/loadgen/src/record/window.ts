import { nowNs } from '../schedule/clock.ts';

/** Running totals of one process; a window is the difference of two copies. */
export interface Traffic {
  wireSent: number;
  wireReceived: number;
  /** Messages received, of the load or not. */
  messages: number;
  /** Messages of the load sent. */
  sent: number;
}

/** What one process gained in the measured window. */
export interface Window extends Readonly<Traffic> {
  /** The real length in nanoseconds. */
  readonly measuredNs: number;
  /** CPU time of this process in microseconds. */
  readonly cpu: NodeJS.CpuUsage;
}

/** Begins a window; the returned function ends it. */
export function beginWindow(traffic: Traffic): () => Window {
  const before = { ...traffic };
  const cpu = process.cpuUsage();
  const fromNs = nowNs();
  return () => ({
    measuredNs: nowNs() - fromNs,
    cpu: process.cpuUsage(cpu),
    wireSent: traffic.wireSent - before.wireSent,
    wireReceived: traffic.wireReceived - before.wireReceived,
    messages: traffic.messages - before.messages,
    sent: traffic.sent - before.sent,
  });
}
