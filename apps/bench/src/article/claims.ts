import type { Claim } from './claim.ts';
import { fiftyThousand, goroutineWeight } from './claims/clients.ts';
import {
  deflateCosts,
  deflateRatio,
  jsonLevel,
  levelNine,
  levelOneSize,
  trafficLevel,
} from './claims/deflate.ts';
import { dockerDns } from './claims/docker-dns.ts';
import { ipHashBalances, ipHashNeeded } from './claims/ip-hash.ts';
import { idealLanguage, performance } from './claims/libraries.ts';
import { contextSupport, deflateSupport, difficulty } from './claims/library-table.ts';
import { bodyLimit, readLimitFirst, readLimitProtects } from './claims/limits.ts';
import { binarySize, textSize } from './claims/sizes.ts';
import { stubStatus } from './claims/stub-status.ts';
import { threeAndTen } from './claims/three-and-ten.ts';
import { pingDetects, pingsKeep, sixtySeconds, timeoutOrder } from './claims/timeouts.ts';
import { buffering, locationSlash, upgradeHeaders } from './claims/upgrade.ts';
import { plainLatency, plainOverhead } from './claims/variants.ts';
import { writeDeadline } from './claims/write-deadline.ts';
import { wss } from './claims/wss.ts';

/** Every claim of the article that is tried, in the article's order. */
export const claims: readonly Claim[] = [
  goroutineWeight,
  fiftyThousand,
  idealLanguage,
  threeAndTen,
  plainOverhead,
  plainLatency,
  performance,
  contextSupport,
  difficulty,
  deflateSupport,
  upgradeHeaders,
  locationSlash,
  buffering,
  sixtySeconds,
  timeoutOrder,
  pingsKeep,
  pingDetects,
  writeDeadline,
  wss,
  stubStatus,
  ipHashNeeded,
  ipHashBalances,
  dockerDns,
  textSize,
  binarySize,
  readLimitProtects,
  readLimitFirst,
  bodyLimit,
  deflateCosts,
  deflateRatio,
  levelOneSize,
  jsonLevel,
  trafficLevel,
  levelNine,
];
