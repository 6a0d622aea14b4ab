import type { RunningServer } from '../running-server.ts';

/** The samples at `/metrics`, by their text as Prometheus writes it, e.g. `ws_closes_total{code="1000"}`. */
export async function readMetrics(server: RunningServer): Promise<Map<string, number>> {
  const response = await fetch(`${server.httpUrl}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answers ${response.status}`);
  return parseMetrics(await response.text());
}

/** The samples in Prometheus text: name with labels, and value. */
export function parseMetrics(text: string): Map<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
