import type { WebSocket } from 'uWebSockets.js';
import type { Transport } from 'engine.io';
import type { Wire } from './engine-peer.ts';

/** What Engine.IO keeps on a WebSocket of uWS. */
export interface EngineUserData {
  readonly transport: Transport & { wire?: UwsWire };
}

/** A WebSocket of uWS below Engine.IO. It cannot stop reading, so a peer that does not read is cut at the cap. */
export class UwsWire implements Wire {
  readonly isPaused = false;
  /** uWS says `drain` each time the kernel has taken part of the backlog. */
  drains = 0;
  overflowed = false;
  #ws: WebSocket<EngineUserData> | undefined;
  #onClose: (code: number) => void = () => {};

  get bufferedAmount(): number {
    return this.waitingBytes();
  }

  waitingBytes(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  progress(): number {
    return this.drains;
  }

  terminate(): void {
    this.#ws?.close();
  }

  goAway(code: number): void {
    this.#ws?.end(code);
  }

  on(_event: 'close', listener: (code: number) => void): void {
    this.#onClose = listener;
  }

  /** The upgrade is complete; Engine.IO makes its transport before that. */
  opened(ws: WebSocket<EngineUserData>): void {
    this.#ws = ws;
  }

  /** uWS has closed it: from now on it must not be touched. */
  closed(code: number): void {
    this.#ws = undefined;
    this.#onClose(code);
  }
}

/** The WebSocket of a transport; undefined for polling. */
export function uwsWireOf(transport: EngineUserData['transport']): UwsWire | undefined {
  if (transport.name !== 'websocket') return undefined;
  transport.wire ??= new UwsWire();
  return transport.wire;
}
