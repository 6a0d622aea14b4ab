/** What a made-up target is and costs: the truth that a report of a made-up run must find. */
export interface Character {
  readonly library: string;
  readonly version: string;
  readonly language: string;
  readonly kind: string;
  /** Server CPU per message that comes alone, and in a burst of 16, in nanoseconds. */
  readonly messageNs: number;
  readonly burstNs: number;
  readonly deliveryNs: number;
  readonly handshakeNs: number;
  readonly requestNs: number;
  readonly bytesPerConnection: number;
}

/** Costs near those that DESIGN.md and FACTS.md report for these libraries. */
export const characters: Readonly<Record<string, Character>> = {
  ws: character('ws', '8.23.0', 'TypeScript', 'reference', [15_000, 8000, 3600, 160_000, 42_000, 8200]),
  uws: character('uWebSockets.js', '20.0.8', 'TypeScript', 'reference', [8000, 1800, 700, 30_000, 6000, 1150]),
  socketio: character(
    'socket.io',
    '4.8.4',
    'TypeScript',
    'reference',
    [28_000, 15_000, 4100, 290_000, 61_000, 18_900],
  ),
  gorilla: character('gorilla/websocket', '1.5.3', 'Go', 'baseline', [8000, 6500, 2900, 70_000, 14_000, 24_600]),
};

function character(
  library: string,
  version: string,
  language: string,
  kind: string,
  costs: readonly [number, number, number, number, number, number],
): Character {
  const [messageNs, burstNs, deliveryNs, handshakeNs, requestNs, bytesPerConnection] = costs;
  return {
    ...{ library, version, language, kind },
    ...{ messageNs, burstNs, deliveryNs, handshakeNs, requestNs, bytesPerConnection },
  };
}

/** CPU of Nginx per message, and of the generator, in nanoseconds. */
export const PROXY_NS = 9000;
export const GENERATOR_NS = 6000;
