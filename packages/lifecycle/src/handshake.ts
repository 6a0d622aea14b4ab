/** Why a request for the path is refused that is no handshake. */
export const NO_HANDSHAKE = 'this is no WebSocket handshake of RFC 6455, version 13';

/** The response header for a client without a valid token (RFC 6750, 3). */
export const CHALLENGE = 'Bearer error="invalid_token"';

/**
 * Whether a request with these headers is a handshake of RFC 6455 section 4.2.1. What every client sends is told by
 * comparing, since each handshake comes by here.
 */
export function isHandshake(upgrade: string, connection: string, version: string, key: string): boolean {
  return (
    (upgrade === 'websocket' || upgrade.toLowerCase() === 'websocket') &&
    (connection === 'Upgrade' || /\bupgrade\b/i.test(connection)) &&
    version === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(key)
  );
}

/** The headers of a refusal in plain text: they say what the client may have wrong, its version (RFC 6455, 4.4) or its token. */
export function refusalHeaders(status: number): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'text/plain',
    ...(status === 400 && { 'Sec-WebSocket-Version': '13' }),
    ...(status === 401 && { 'WWW-Authenticate': CHALLENGE }),
  };
}
