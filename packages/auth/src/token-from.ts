/** A longer token is refused unread: Nginx takes no longer header line either (`large_client_header_buffers`). */
const MAX_TOKEN_BYTES = 8192;

/** Three parts in base64url without padding (RFC 7515, 7.1); a lenient decoder would take more. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const AUTHORIZATION = /^bearer +(\S+)$/i;
/** Browsers cannot set headers: the token comes as the subprotocol after `bearer`. */
const PROTOCOL = /^bearer\s*,\s*(\S+)$/i;

/**
 * The token of an upgrade request, or undefined when there is none in the form of a JWT.
 * @param authorization the header `Authorization`: `Bearer TOKEN` (RFC 6750); it wins.
 * @param protocols the header `Sec-WebSocket-Protocol`: `bearer, TOKEN`.
 */
export function tokenFrom(
  authorization: string | undefined,
  protocols: string | undefined,
): string | undefined {
  const token =
    AUTHORIZATION.exec(authorization?.trim() ?? '')?.[1] ?? PROTOCOL.exec(protocols?.trim() ?? '')?.[1];
  return token !== undefined && token.length <= MAX_TOKEN_BYTES && COMPACT.test(token) ? token : undefined;
}
