import type { LoadResult } from '@ws-arena/load/load-result';
import type { DeliveryLog } from '../loads/deliveries.ts';
import type { LoadFigures } from '../loads/running-load.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Window } from '../record/window.ts';
import type { Session } from '../transport/session.ts';

/** What one process has measured of a job. */
export interface ProcessResult {
  readonly result: LoadResult;
  readonly deliveries?: DeliveryLog;
}

export function processResult(session: Session, window: Window, figures: LoadFigures): ProcessResult {
  const { handshakes, protocol, spec } = session;
  const payloadBytes = protocol.message.payload.length;
  const { sent, delivered, lost, offered = sent, deliveries } = figures;
  const faults = figures.faults ?? { duplicated: 0, reordered: 0, corrupted: 0 };
  const { cpu, measuredNs, wireSent, wireReceived } = window;
  const result: LoadResult = {
    connections: {
      asked: session.asked,
      opened: session.opened,
      failed: session.failed,
      closed: session.unexpected,
    },
    extensions: session.extensions,
    measuredNs,
    messages: { offered, sent, expected: delivered + lost, delivered, lost, ...faults },
    bytes: {
      wireSent,
      wireReceived,
      payloadSent: window.sent * payloadBytes,
      payloadReceived: figures.payloadReceived ?? (spec.scenario ? 0 : window.messages * payloadBytes),
    },
    ...encoded('latencyIntended', figures.intended),
    ...encoded('latencyActual', figures.actual),
    ...encoded('scheduleLag', figures.lag),
    ...encoded('latencyConnected', figures.connected),
    ...encoded('absence', figures.absence),
    ...(figures.returns && { returns: figures.returns }),
    ...encoded('handshake', handshakes),
    handshakes: spec.load.kind === 'connect' ? delivered : handshakes.total,
    ...(figures.limit && { limit: figures.limit }),
    ...(figures.slow && { slow: figures.slow }),
    generator: {
      processes: 1,
      pids: [process.pid],
      cpuUserUs: cpu.user,
      cpuSystemUs: cpu.system,
      busiest: measuredNs > 0 ? ((cpu.user + cpu.system) * 1000) / measuredNs : 0,
      behindSchedule: figures.lag !== undefined && isBehind(offered, sent, figures.late ?? 0),
    },
    warnings: session.warnings,
  };
  return { result, ...(deliveries && { deliveries }) };
}

/** More than 1 % of what was offered was not sent, or was sent late. */
function isBehind(offered: number, sent: number, late: number): boolean {
  return offered - sent + late > offered / 100;
}

function encoded<K extends string>(name: K, recorder: Recorder | undefined): { [key in K]?: string } {
  return recorder && recorder.total > 0 ? ({ [name]: recorder.encode() } as { [key in K]?: string }) : {};
}
