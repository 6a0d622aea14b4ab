// The HTTP load as a process of its own, so that its CPU is counted and pinned like the generator's:
// node http-main.ts URL CONNECTIONS SECONDS RATE (0: as many as come), and JSON lines on stdout.
import autocannon from 'autocannon';

const [url, ...numbers] = process.argv.slice(2);
const [connections, duration, overallRate] = numbers.map(Number) as [number, number, number];
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

say({ event: 'measuring' });
const result = await autocannon({
  url: url!,
  connections,
  duration,
  ...(overallRate > 0 && { overallRate }),
});
say({ event: 'measured' });
say({
  event: 'result',
  http: {
    measuredNs: Math.round(result.duration * 1e9),
    requestsPerSec: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    errors: result.errors + result.timeouts,
    non2xx: result.non2xx,
  },
});
