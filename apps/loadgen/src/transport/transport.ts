/** The address of one connection. */
export interface Endpoint {
  /** An IP address: names are resolved once a job, not once a connection. */
  readonly address: string;
  readonly port: number;
  /** The name in the URL, for SNI and for checking the certificate. */
  readonly hostname: string;
  /** The client's own address; absent leaves it to the system. */
  readonly localAddress?: string;
}

/** What a connection hears from its transport. */
export interface TransportHandler {
  /** Bytes can be written from now on: TCP, and TLS where it is used, is up. */
  opened(): void;
  /** `data[start, end)` is valid until the call returns: all connections of a process read into one buffer. */
  bytes(data: Buffer, start: number, end: number): void;
  /** Everything that a `write` left over has been taken by the kernel. */
  drained(): void;
  /** Called once, last; `reason` is `ended` for a FIN, otherwise a word such as `refused` or `reset`. */
  closed(reason: string): void;
}

/** One connection. */
export interface Transport {
  /**
   * True when the kernel has taken all of `bytes`, so that the caller may patch and send them again. False when it has
   * not: the bytes will be sent, and belong to the transport until `drained`.
   */
  write(bytes: Uint8Array): boolean;
  /** Sends a FIN after what was written. `closed` follows when the peer has ended too. */
  end(): void;
  /** Ends at once, with a RST, so that no port stays in TIME_WAIT. `closed` follows. */
  reset(): void;
}

/** Opens one connection; `tcp-transport.ts` and `tls-transport.ts` have one each. Never throws: failures are `closed`. */
export type Connect = (endpoint: Endpoint, handler: TransportHandler) => Transport;

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EADDRNOTAVAIL: 'no free port',
  EADDRINUSE: 'no free port',
  EMFILE: 'no free descriptor',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
};

/** The word for an error of a socket, as `TransportHandler.closed` and the results have it. */
export function reasonOf(error: Error & { code?: string; syscall?: string }): string {
  if (error.syscall === 'bind' && error.code === 'EADDRNOTAVAIL')
    return 'the source address is none of this machine';
  return reasons[error.code ?? ''] ?? error.code ?? error.message;
}
