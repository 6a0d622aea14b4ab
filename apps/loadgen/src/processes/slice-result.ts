import type { SparseHistogram } from '@ws-arena/load/buckets';
import type { SliceResult, SliceSpec } from '@ws-arena/load/slice';
import { lastMember } from '../loads/deliveries.ts';
import type { LoadFigures } from '../loads/running-load.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Traffic } from '../record/window.ts';
import { nowNs } from '../schedule/clock.ts';
import type { Session } from '../transport/session.ts';

/** The result of a slice; `before` is the session's traffic at its beginning. */
export function sliceResult(
  session: Session,
  kind: SliceSpec['load']['kind'],
  figures: LoadFigures,
  before: Traffic,
): SliceResult {
  const { sent, delivered, offered = sent, late = 0, lag, intended, actual, deliveries } = figures;
  const { duplicated = 0, reordered = 0, corrupted = 0 } = figures.faults ?? {};
  const handshakes = kind === 'connect';
  const lost = handshakes ? sent - delivered : figures.lost;
  const { failed, closed } = session.takeEndings();
  return {
    wallNs: Math.max(0, Math.round((lost > 0 ? nowNs() : figures.lastNs) - figures.firstNs)),
    offered,
    sent,
    delivered,
    lost,
    duplicated,
    reordered,
    corrupted,
    wireSent: session.traffic.wireSent - before.wireSent,
    wireReceived: session.traffic.wireReceived - before.wireReceived,
    payloadReceived:
      handshakes || session.spec.scenario ? 0 : delivered * session.protocol.message.payload.length,
    late,
    lagP99Ns: lag?.quantileNs(0.99) ?? 0,
    ...sparseAs('intended', intended),
    ...sparseAs('actual', handshakes ? session.handshakes : actual),
    ...sparseAs('lastMember', deliveries && lastMember([deliveries])),
    ...(failed && { failed }),
    ...(closed && { closed }),
  };
}

function sparseAs<K extends string>(
  name: K,
  recorder: Recorder | undefined,
): { [key in K]?: SparseHistogram } {
  return recorder && recorder.total > 0
    ? ({ [name]: recorder.sparse() } as { [key in K]?: SparseHistogram })
    : {};
}
