import { closeCases } from './cases/close.ts';
import { controlCases } from './cases/control.ts';
import { deflateCases } from './cases/deflate.ts';
import { fragmentCases } from './cases/fragments.ts';
import { framingCases } from './cases/framing.ts';
import { handshakeCases } from './cases/handshake.ts';
import { negotiationCases } from './cases/negotiation.ts';
import { utf8Cases } from './cases/utf8.ts';
import type { RfcCase } from './rfc-case.ts';

/** Every wire case of RFC 6455 and RFC 7692, in the order of the table; names are unique. */
export const rfcCases: readonly RfcCase[] = [
  ...handshakeCases,
  ...framingCases,
  ...controlCases,
  ...fragmentCases,
  ...closeCases,
  ...utf8Cases,
  ...negotiationCases,
  ...deflateCases,
];
