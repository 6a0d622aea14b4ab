import type { DialectPeer, Opening } from '../wire/dialect.ts';
import type { LoadedScenario } from './load-scenario.ts';
import type { OpeningPeer, Peer } from './scenario.ts';
import { messageFrame, receivedMessage } from './scenario-message.ts';

/** Runs the scenario's `open` on one connection, and hands it the messages that come meanwhile. */
export class ScenarioOpening implements Opening, OpeningPeer {
  readonly state = undefined;
  readonly #peer: DialectPeer;
  readonly #mask: Uint8Array;
  readonly #waiting: (string | Buffer)[] = [];
  #take: ((message: string | Buffer) => void) | undefined;

  /** @param opened called with the peer that the rest of the scenario sees. */
  constructor(
    scenario: LoadedScenario,
    peer: DialectPeer,
    mask: Uint8Array,
    opened: (peer: Peer<unknown>) => void,
  ) {
    this.#peer = peer;
    this.#mask = mask;
    void this.#open(scenario).then(
      (state) => opened({ index: this.index, state, send: (message) => this.send(message) }),
      (error: unknown) => peer.fail(error instanceof Error ? error.message : String(error)),
    );
  }

  get index(): number {
    return this.#peer.index;
  }

  send(message: string | Uint8Array): void {
    this.#peer.write(messageFrame(message, this.#mask));
  }

  next(): Promise<string | Buffer> {
    const message = this.#waiting.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  message(binary: boolean, data: Buffer, start: number, end: number): void {
    const message = receivedMessage(binary, data, start, end);
    const take = this.#take;
    this.#take = undefined;
    if (take) take(message);
    else this.#waiting.push(message);
  }

  async #open(scenario: LoadedScenario): Promise<unknown> {
    return scenario.open?.(this);
  }
}
