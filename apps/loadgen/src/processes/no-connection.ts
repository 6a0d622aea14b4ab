import type { LoadSpec } from '@ws-arena/load/load-spec';
import { redactedUrl } from '@ws-arena/load/redacted';

/** Why none of the connections of `spec` could be opened, in one sentence. */
export function noConnection(spec: LoadSpec, failed: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(failed).map(([reason, count]) => {
    const cause = reason.startsWith('status ') ? `${reason} instead of 101` : reason;
    return count === 1 ? cause : `${cause} (${count} times)`;
  });
  return `no connection to ${spec.urls.map(redactedUrl).join(', ')} could be opened: ${reasons.join(', ') || 'stopped'}`;
}
