import { full } from '@ws-arena/contract/capabilities';
import type { RunningServer } from '@ws-arena/contract/running-server';
import type { Target } from '@ws-arena/contract/targets';

/** The server of the article, reduced: baselines/go/cmd/article. It has no contract, so it is no target of the matrix. */
export function articleServer(...args: readonly string[]): Target {
  return {
    name: 'article',
    library: 'gorilla/websocket',
    language: 'Go',
    kind: 'bare',
    launch: { kind: 'go', command: 'article', args },
    capabilities: full,
  };
}

/** What it says of its goroutines. */
export async function goroutinesOf(
  server: RunningServer,
): Promise<{ readonly goroutines: number; readonly stackBytes: number }> {
  const response = await fetch(`${server.httpUrl}/goroutines`);
  return (await response.json()) as { goroutines: number; stackBytes: number };
}
