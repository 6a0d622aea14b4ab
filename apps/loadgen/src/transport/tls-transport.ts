import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { type Connect, type Endpoint, reasonOf, type Transport, type TransportHandler } from './transport.ts';

/** One buffer for all connections, as the plain transport has one: it is parsed before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(256 * 1024);

/** What all TLS connections of a job have alike: whom they trust, and the version. */
export interface TlsContext {
  readonly rejectUnauthorized: boolean;
  readonly secureContext: SecureContext;
}

/** @throws Error in one sentence when the file of `tls.ca` cannot be read, or holds no certificate. */
export function tlsContext({ tls }: LoadSpec): TlsContext {
  const version = tls.version === 'any' ? undefined : (`TLSv${tls.version}` as const);
  try {
    const secureContext = createSecureContext({
      ...(version && { minVersion: version, maxVersion: version }),
      // A server's own certificate may stand there, signed by somebody else or by itself.
      ...(tls.ca !== undefined && { ca: readFileSync(tls.ca), allowPartialTrustChain: true }),
    });
    return { rejectUnauthorized: tls.verify, secureContext };
  } catch (cause) {
    throw new Error(`cannot use the certificates of ${tls.ca}: ${(cause as Error).message}`, { cause });
  }
}

/** The options of a connection to `endpoint`. Shared with Socket.IO's polling requests. */
export function tlsOptions(context: TlsContext, { hostname }: Endpoint): ConnectionOptions {
  // RFC 6066 section 3: an IP address is not a server name.
  return { ...context, ...(isIP(hostname) === 0 && { servername: hostname }) };
}

/**
 * Opens TLS connections for `spec`. With session reuse each handshake offers the newest session that its server gave
 * (TLS 1.2: session id or ticket; 1.3: pre-shared key), so that the server need not sign again.
 */
export function connectTls(spec: LoadSpec): Connect {
  const context = tlsContext(spec);
  const sessions = spec.tls.reuseSessions ? new Map<string, Buffer>() : undefined;
  return (endpoint, handler) => new TlsTransport(context, endpoint, handler, sessions);
}

class TlsTransport implements Transport {
  readonly #socket: TLSSocket;

  constructor(
    context: TlsContext,
    endpoint: Endpoint,
    handler: TransportHandler,
    sessions: Map<string, Buffer> | undefined,
  ) {
    let reason = 'ended';
    const key = `${endpoint.address} ${endpoint.port} ${endpoint.hostname}`;
    const session = sessions?.get(key);
    const options = {
      ...tlsOptions(context, endpoint),
      host: endpoint.address,
      port: endpoint.port,
      autoSelectFamily: false,
      ...(endpoint.localAddress !== undefined && { localAddress: endpoint.localAddress }),
      ...(session && { session }),
      onread: {
        buffer: readBuffer,
        callback: (bytes: number) => {
          handler.bytes(readBuffer, 0, bytes);
          return true;
        },
      },
    };
    const socket = connect(options);
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.once('secureConnect', () => handler.opened());
    if (sessions) socket.on('session', (given) => sessions.set(key, given));
    socket.on('drain', () => handler.drained());
    socket.on('error', (error) => {
      reason = tlsReason(error);
    });
    socket.once('close', () => handler.closed(reason));
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    // An idle socket encrypts at once, out of `bytes`. A busy one would keep a reference and read it later, after the
    // caller has patched the next sequence number in; it gets a copy. The caller may patch either way.
    return socket.write(socket.writableLength === 0 ? bytes : Buffer.from(bytes));
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    // Node refuses resetAndDestroy() for TLS, and a socket below it would cost the static read buffer: this is a FIN.
    this.#socket.destroy();
  }
}

/** The word for a failed TLS connection: `tls: ` and OpenSSL's or Node's reason, or that of the TCP connection. */
function tlsReason(error: Error & { code?: string; reason?: string }): string {
  const code = error.code ?? '';
  if (code.startsWith('ERR_SSL_'))
    return `tls: ${(error.reason ?? code.slice(8)).toLowerCase().replaceAll('_', ' ')}`;
  if (code.startsWith('ERR_TLS_')) return `tls: ${code.slice(8).toLowerCase().replaceAll('_', ' ')}`;
  const isCertificate = /CERT|CRL|SIGNATURE|ISSUER|CHAIN/.test(code);
  return isCertificate
    ? `tls: ${code.toLowerCase().replaceAll('_', ' ')} (ca names what to trust, insecure takes any)`
    : reasonOf(error);
}
