import type { NegotiationCase } from '../rfc-case.ts';

/** A case without the setting of the server that it meets. */
type Offer = Omit<NegotiationCase, 'takeover'>;

const PMD = 'permessage-deflate';

/** An offer that may be taken; to decline one is always allowed, but not of the plainest. */
const may = (name: string, offer: string, mustAgree = false): Offer => ({
  kind: 'negotiation',
  name: `offer: ${name}`,
  rule: 'offer',
  offer,
  wants: mustAgree ? ['agreed'] : ['agreed', 'declined'],
});

/** An offer that must be declined (RFC 7692 section 7.1); to refuse the upgrade is safe too. */
const mustNot = (name: string, offer: string): Offer => ({
  kind: 'negotiation',
  name: `offer: ${name}`,
  rule: 'offerWrong',
  offer,
  wants: ['declined'],
  tolerates: ['HTTP 400'],
});

const offers: readonly Offer[] = [
  may('no parameter', PMD, true),
  may('client_max_window_bits without a value', `${PMD}; client_max_window_bits`, true),
  may('both no_context_takeover', `${PMD}; server_no_context_takeover; client_no_context_takeover`, true),
  ...[8, 9, 10, 15].map((bits) =>
    may(`client_max_window_bits=${bits}`, `${PMD}; client_max_window_bits=${bits}`),
  ),
  ...[8, 9, 10, 15].map((bits) =>
    may(`server_max_window_bits=${bits}`, `${PMD}; server_max_window_bits=${bits}`),
  ),
  may('a value in quotes', `${PMD}; client_max_window_bits="12"`),
  may('first a bad one, then a good one', `${PMD}; unknown_parameter, ${PMD}`),
  may('first an unknown extension', `x-nobody-knows-this, ${PMD}`),
  mustNot('server_max_window_bits without a value', `${PMD}; server_max_window_bits`),
  ...['7', '16', '0', '010', 'ten', '-9'].map((value) =>
    mustNot(`server_max_window_bits=${value}`, `${PMD}; server_max_window_bits=${value}`),
  ),
  ...['7', '16', '08', 'ten'].map((value) =>
    mustNot(`client_max_window_bits=${value}`, `${PMD}; client_max_window_bits=${value}`),
  ),
  mustNot('server_no_context_takeover with a value', `${PMD}; server_no_context_takeover=1`),
  mustNot('client_no_context_takeover with a value', `${PMD}; client_no_context_takeover=1`),
  mustNot('an unknown parameter', `${PMD}; unknown_parameter`),
  mustNot('a parameter twice', `${PMD}; server_no_context_takeover; server_no_context_takeover`),
  mustNot('client_max_window_bits twice', `${PMD}; client_max_window_bits=10; client_max_window_bits=11`),
  { ...mustNot('another extension', 'x-webkit-deflate-frame'), rule: 'unknownExtension' },
];

/** Negotiation of permessage-deflate (RFC 7692 sections 5 and 7.1), without context takeover and with it. */
export const negotiationCases: readonly NegotiationCase[] = [
  ...offers.map((one) => ({ ...one, takeover: false })),
  ...offers.map((one) => ({ ...one, name: `takeover, ${one.name}`, takeover: true })),
];
