const cost = (who: string) => `CPU time of the ${who} for each unit of the load`;
const memory = (of: string) => `resident memory of the ${of} that one more idle connection takes`;
const quantile = (share: string, since = 'from the moment a message was due') =>
  `${share} of all messages took at most this long, ${since}`;
const LEFT = 'from the moment a message left';
const LAST = 'until the last member of the room has it';

/** What each metric of `metrics.ts` means: a clause without a full stop. */
export const metricWords = {
  cpuServer: cost('server'),
  cpuProxy: cost('proxy'),
  cpuServing: cost('server and proxy'),
  cpuRedis: cost('Redis'),
  cpuGenerator: cost('generator'),
  deliveredPerSec: 'replies a second with a fixed number of messages in flight',
  p50: quantile('half'),
  p90: quantile('90 %'),
  p99: quantile('99 %'),
  p99Typical: `${quantile('99 %')}, in half of the slices`,
  p999: quantile('99.9 %'),
  p50Actual: quantile('half', LEFT),
  p90Actual: quantile('90 %', LEFT),
  p99Actual: quantile('99 %', LEFT),
  p999Actual: quantile('99.9 %', LEFT),
  lastMemberP50: quantile('half', LAST),
  lastMemberP99: quantile('99 %', LAST),
  wireRatio: 'bytes that the server sent on the wire for each byte of payload',
  bytesPerConnection: memory('server'),
  bytesPerConnectionProxy: memory('proxy'),
  bytesPerConnectionServing: memory('server and proxy'),
  connectionsPerGib:
    'idle connections that fit in 1 GiB of server and proxy, by the slope; the kernel’s socket buffers are not in it',
  unexpectedCloses: 'idle connections that ended although nobody closed them',
  handshakesPerSec: 'handshakes that were completed in a second',
  startTime: 'from the start of the process until it answers',
  expiredOpen: 'how long an open connection still got messages after its token expired',
  revokedOpen: 'how long an open connection still got messages after its token was revoked',
  revokedEnters: 'how long a revoked token still opened new connections',
  cacheHits: 'the part of all token checks that the proxy answered from its cache',
  largestMessage: 'the largest message that came back whole',
  backMostNs: 'from the signal until 99 % of the clients were back, of each replacement',
  backAllNs: 'from the signal until all clients were back, of each replacement',
  backInWindow:
    'the part of the clients that lost their connection and had the next one within the window: the spread of the drain plus the longest wait before a first attempt; of each replacement',
  awayMost: 'the largest part of the clients that had no connection at one time',
  awayP50: 'half of all absences were at most this long',
  awayP99: '99 % of all absences were at most this long',
  handshakesPeak: 'attempts a second, over the busiest 200 ms',
  messagesLost: 'sent, and never answered',
  lostWithConnection: 'lost messages that were in flight when their client lost its connection',
  lostUntouched: 'messages lost although their client kept its connection',
  sessionsRestored:
    'the part of all reconnects at which socket.io restored the session and what it had missed',
  messagesRepeated: 'answered more than once',
  messagesLate: 'due while their client had no connection; sent when it was back',
  connectedP99:
    '99 % of the messages that were due while their client had a connection took at most this long',
  untilCut: 'from the moment members stop reading until the server has cut the last of them',
  slowCut: 'slow members that the server cut within the time watched',
  slowDropped: 'messages that slow members never got although later ones came',
  healthyP99: '99 % of the deliveries to members that read came within this time',
  serverGrew: 'the highest memory of the servers, less that at the beginning',
  proxyGrew: 'the highest memory of the proxy, less that at the beginning',
} as const;
