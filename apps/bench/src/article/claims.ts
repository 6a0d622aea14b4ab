import type { Claim } from './claim.ts';
import { dockerDns } from './claims/docker-dns.ts';
import { ipHashBalances, ipHashNeeded } from './claims/ip-hash.ts';
import { stubStatus } from './claims/stub-status.ts';
import { threeAndTen } from './claims/three-and-ten.ts';
import { pingDetects, pingsKeep, sixtySeconds, timeoutOrder } from './claims/timeouts.ts';
import { buffering, locationSlash, upgradeHeaders } from './claims/upgrade.ts';
import { writeDeadline } from './claims/write-deadline.ts';

/** Every claim of the article that is tried, in the article's order. */
export const claims: readonly Claim[] = [
  threeAndTen,
  upgradeHeaders,
  locationSlash,
  buffering,
  sixtySeconds,
  timeoutOrder,
  pingsKeep,
  pingDetects,
  writeDeadline,
  stubStatus,
  ipHashNeeded,
  ipHashBalances,
  dockerDns,
];
