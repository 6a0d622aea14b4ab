// HTTP requests by autocannon: one `RequestSlice` a line on stdin, its `SliceResult` as a line on stdout.
import { createInterface } from 'node:readline';
import { bucketOf, sparse } from '@ws-arena/load/buckets';
import type { SliceResult } from '@ws-arena/load/slice';
import autocannon from 'autocannon';
import type { RequestSlice } from './http-generator.ts';

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await requests(JSON.parse(line) as RequestSlice).then(
    (slice) => ({ slice }),
    (error: Error) => ({ error: error.message }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function requests({ url, connections, ratePerSec }: RequestSlice): Promise<SliceResult> {
  const counts = new Map<number, number>();
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const done = (error: Error | null, result: autocannon.Result) =>
      error ? reject(error) : resolve(result);
    const load = autocannon({ url, connections, duration: 1, overallRate: ratePerSec }, done);
    load.on('response', (_client, _status, _bytes, ms) => {
      const bucket = bucketOf(ms * 1e6);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    });
  });
  const { duration, requests: made, '2xx': good, errors, timeouts, throughput } = result;
  return {
    wallNs: Math.round(duration * 1e9),
    offered: ratePerSec,
    sent: made.sent,
    delivered: good,
    lost: errors + timeouts + made.total - good,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
    wireSent: 0,
    wireReceived: throughput.total,
    payloadReceived: throughput.total,
    late: 0,
    lagP99Ns: 0,
    actual: sparse(counts),
  };
}
