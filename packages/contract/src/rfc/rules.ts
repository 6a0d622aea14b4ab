/** What the RFCs ask of a server on the wire: a rule each, however many cases put it to the test. */
export const rfcRules = {
  handshake: ['RFC 6455 4.2.1', 'a handshake is accepted however its headers and segments are cut'],
  handshakeParts: ['RFC 6455 4.2.1', 'a handshake without a part that it needs is refused'],
  version: ['RFC 6455 4.2.2', 'another version is refused'],
  unknownExtension: ['RFC 6455 9.1', 'an extension that the server does not speak is declined'],
  masking: ['RFC 6455 5.1', 'a frame without a mask ends the connection'],
  lengths: ['RFC 6455 5.2', 'a length of 7, 16 or 64 bits is read'],
  reservedBits: ['RFC 6455 5.2', 'a reserved bit that nobody agreed on ends the connection'],
  reservedOpcodes: ['RFC 6455 5.2', 'a reserved opcode ends the connection'],
  limit: ['RFC 6455 10.4', 'a frame that states too many bytes ends the connection'],
  fragments: ['RFC 6455 5.4', 'fragments make one message, empty ones too'],
  interleaved: ['RFC 6455 5.4', 'a control frame between fragments is answered at once'],
  continuation: ['RFC 6455 5.4', 'a continuation of nothing ends the connection'],
  nesting: ['RFC 6455 5.4', 'a new message before the end of the last ends the connection'],
  controlWhole: ['RFC 6455 5.5', 'a control frame in fragments ends the connection'],
  controlLength: ['RFC 6455 5.5', 'a control frame of more than 125 bytes ends the connection'],
  ping: ['RFC 6455 5.5.2', 'a ping is answered with its payload'],
  pong: ['RFC 6455 5.5.3', 'a pong that nobody asked for is ignored'],
  closing: ['RFC 6455 5.5.1', 'a close is answered with a close, and TCP ends'],
  afterClose: ['RFC 6455 5.5.1', 'what comes after a close is not processed'],
  closePayload: ['RFC 6455 5.5.1', 'a close whose payload is malformed fails the connection'],
  closeCodes: ['RFC 6455 7.4', 'a close code that may be sent is taken'],
  closeCodesForbidden: ['RFC 6455 7.4', 'a close code that no endpoint may send fails the connection'],
  utf8: ['RFC 6455 5.6', 'text of any valid UTF-8 is accepted'],
  notUtf8: ['RFC 6455 8.1', 'text that is not UTF-8 fails the connection'],
  offer: ['RFC 7692 7.1', 'an offer that can be met is answered rightly, or declined'],
  offerWrong: ['RFC 7692 7.1', 'an offer with a wrong parameter is declined'],
  inflate: ['RFC 7692 7.2.2', 'compressed data of every kind are inflated'],
  compressedFragments: ['RFC 7692 6.1', 'fragments of a compressed message are inflated as one'],
  compressedBit: ['RFC 7692 6.1', 'RSV1 on anything but the first frame of a message ends the connection'],
  corrupt: ['RFC 7692 7.2.2', 'data that cannot be inflated end the connection'],
} as const satisfies Record<string, readonly [section: string, says: string]>;

/** The name of a rule. */
export type RuleId = keyof typeof rfcRules;

/** A rule as it is stored and shown, e.g. `RFC 6455 5.5.2: a ping is answered with its payload`. */
export function ruleText(id: RuleId): string {
  return rfcRules[id].join(': ');
}
