/** One connection of the load, as a scenario sees it. */
export interface Peer<State = undefined> {
  /** Ordinal of the connection in the whole job, from 0. */
  readonly index: number;
  /** What `open` returned. */
  readonly state: State;
  /** Sends a message that is none of the load's: a login, a subscription, a pong. Text goes as text, bytes as binary. */
  send(message: string | Uint8Array): void;
}

/** A connection whose session opens: its messages come one by one. */
export interface OpeningPeer extends Peer {
  /** The next message: text as a string, binary as a Buffer. It stays pending when the connection ends. */
  next(): Promise<string | Buffer>;
}

/** What goes into one message of the load. */
export interface MessageParts {
  /**
   * To be put into the message exactly once; before each send the generator writes over it. `match` `slot`: 22 characters
   * of base64url, the message's number and times. `id`: a whole number of ten digits, for servers that want a number.
   * `order`: empty.
   */
  readonly slot: string;
  /** The content that `--size`, `--payload` and `--file` ask for. */
  readonly content: string;
}

/**
 * What a message of the server answers: the slot or the id that it brought; `true` where answers are matched by order;
 * several for several; undefined when it answers none.
 */
export type Answer = string | number | true | readonly (string | number | true)[] | undefined;

/**
 * How to speak a protocol: what a file of `loadgen run FILE` exports as its default, or returns from the function of
 * parameters that it exports. An error that is thrown ends the connection, and its message is the reason in the result.
 */
export interface Scenario<State = undefined> {
  /** Offered in the handshake, unless the command line names others. */
  readonly subprotocols?: readonly string[];
  /**
   * How an answer names its message: by the slot that it returns (the default), by a number as id, or by nothing, where
   * answers come in the order of the messages. Only slots carry times, so only they serve `--broadcast`.
   */
  readonly match?: 'slot' | 'id' | 'order';
  /** When `message` is called: once for each connection (the default), or for each `send`, which costs more CPU here. */
  readonly made?: 'connection' | 'send';
  /** Behind the upgrade: logs in, subscribes. The session is open, and its handshake over, when it has returned. */
  open?(peer: OpeningPeer): State | Promise<State>;
  /** Makes a message of the load. */
  message(peer: Peer<State>, parts: MessageParts): string | Uint8Array;
  /** A message came on the open session. It is called for each, so it should be quick. */
  answer(peer: Peer<State>, message: string | Buffer): Answer;
  /** Called before the close frame: sends what the protocol asks for at the end. */
  close?(peer: Peer<State>): void;
}

/** Makes a scenario of the values that `--param NAME=VALUE` gave. */
export type ScenarioFactory<State = undefined> = (params: ScenarioParams) => Scenario<State>;

/** The values that `--param NAME=VALUE` gave, by name. */
export type ScenarioParams = Readonly<Record<string, string>>;
