import type { JobClient, JobEvent } from '../processes/control.ts';

/** Somebody who asks for a job in a test: notes the events, and never stops it unless `signal` does. */
export function testClient(
  signal: AbortSignal = new AbortController().signal,
): JobClient & { events: JobEvent[] } {
  const events: JobEvent[] = [];
  return { events, emit: (event) => events.push(event), go: async () => {}, stop: signal };
}
