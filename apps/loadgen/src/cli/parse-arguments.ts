import { isIP } from 'node:net';
import type { Load, LoadSpec } from '@ws-arena/load/load-spec';
import { redactedUrl } from '@ws-arena/load/redacted';
import type { FleetOptions } from '../fleet/fleet-options.ts';
import { toFleet } from './parse-fleet.ts';
import { toScenario } from './scenario-arguments.ts';
import { parseThreshold, type Threshold } from './threshold.ts';
import { UsageError } from './usage-error.ts';
import { readWords, type Words, whole } from './words.ts';

/** A command line, understood. */
export interface CliRequest {
  readonly spec: LoadSpec;
  /** The agents that do it; absent when this machine does. */
  readonly fleet?: FleetOptions;
  readonly json: boolean;
  /** Where the percentile distribution goes. */
  readonly hdrFile?: string;
  readonly thresholds: readonly Threshold[];
}

/**
 * Reads the arguments after the script's name; a bare word is taken for the URL, one behind `run` for the scenario.
 * @returns 'help' when that was asked for.
 * @throws UsageError for anything that is no option, or options that cannot go together.
 */
export function parseArguments(argv: readonly string[]): CliRequest | 'help' {
  const words = readWords(argv);
  if (words.flag('help')) return 'help';
  const urls = words.list('url');
  if (urls.length === 0) throw new UsageError('no --url was given; wanted: ws://host:port/path or wss://…');
  for (const url of urls) checkUrl(url);
  if (new Set(urls.map((url) => new URL(url).protocol)).size > 1)
    throw new UsageError('--url has both ws:// and wss://; wanted: one of them for all');
  const hdrFile = words.text('hdr');
  const fleet = toFleet(words);
  return {
    spec: toSpec(words, urls),
    json: words.flag('json'),
    thresholds: words.list('fail-if').map(parseThreshold),
    ...(hdrFile !== '' && { hdrFile }),
    ...(fleet && { fleet }),
  };
}

function checkUrl(text: string): void {
  const wanted = 'wanted: ws://host:port/path or wss://…';
  if (!URL.canParse(text)) throw new UsageError(`--url is ${JSON.stringify(text)}; ${wanted}`);
  const { protocol, hash } = new URL(text);
  const shown = JSON.stringify(redactedUrl(text));
  if (protocol !== 'ws:' && protocol !== 'wss:') throw new UsageError(`--url is ${shown}; ${wanted}`);
  if (hash !== '')
    throw new UsageError(`--url is ${shown}; a WebSocket address has no fragment (RFC 6455 section 3)`);
}

function toLoad(words: Words): Load {
  const modes = (['push', 'broadcast', 'handshakes', 'limit'] as const).filter((name) => words.given(name));
  if (modes.length > 1)
    throw new UsageError(`${modes.map((m) => `--${m}`).join(' and ')} exclude each other`);
  const ratePerSec = words.number('rate');
  const connections = whole(words, 'connections', 1);
  if (words.flag('push')) return { kind: 'receive' };
  if (words.flag('broadcast')) return { kind: 'broadcast', ratePerSec, rooms: whole(words, 'rooms', 1) };
  if (words.given('rooms')) throw new UsageError('--rooms needs --broadcast');
  if (words.flag('handshakes')) return { kind: 'connect', ratePerSec, concurrency: connections };
  if (words.given('limit')) return { kind: 'limit', maxBytes: words.number('limit') };
  if (ratePerSec === 0) {
    if (words.text('expect') === 'none')
      throw new UsageError(
        '--expect none needs a --rate: without replies a closed loop would never send again',
      );
    return { kind: 'closed', window: whole(words, 'window', 1) };
  }
  if (words.given('window'))
    throw new UsageError('--window is for a closed loop and --rate for an open one; give one of them');
  return {
    kind: 'open',
    ratePerSec,
    over: words.text('rate-over') as 'all' | 'connection',
    arrivals: words.text('arrivals') as 'constant' | 'poisson',
    profile: words.text('profile') as 'constant' | 'ramp' | 'step',
  };
}

function toSpec(words: Words, urls: readonly string[]): LoadSpec {
  const kind = words.text('payload') as 'random' | 'json' | 'file';
  const path = words.text('file');
  if ((kind === 'file') !== (path !== '')) throw new UsageError('--payload file and --file PATH go together');
  const load = toLoad(words);
  const scenario = toScenario(words);
  return {
    urls,
    dialect: words.text('dialect') as LoadSpec['dialect'],
    ...(scenario && { scenario }),
    connections: whole(words, 'connections', 1),
    load,
    payload: {
      kind,
      // 0 stands for the whole file; the tool fills it in once it has read it.
      bytes: kind === 'file' && !words.given('size') ? 0 : words.number('size'),
      binary: words.flag('binary'),
      seed: whole(words, 'seed', 0),
      ...(path !== '' && { path }),
    },
    deflate: words.text('deflate') as LoadSpec['deflate'],
    tls: {
      verify: !words.flag('insecure'),
      ...(words.text('ca') !== '' && { ca: words.text('ca') }),
      reuseSessions: words.flag('tls-reuse'),
      version: words.text('tls-version') as LoadSpec['tls']['version'],
    },
    handshake: toHandshake(words),
    warmupMs: words.number('warmup'),
    durationMs: words.number('duration'),
    drainMs: words.number('drain'),
    processes: whole(words, 'processes', 0),
    sourceAddresses: toAddresses(words),
    expect: words.text('expect') as LoadSpec['expect'],
    verify: words.flag('verify'),
    acks: toAcks(words, load),
  };
}

function toAddresses(words: Words): readonly string[] {
  const addresses = words.list('source-address');
  const wrong = addresses.find((address) => isIP(address) === 0);
  if (wrong !== undefined)
    throw new UsageError(
      `--source-address is ${JSON.stringify(wrong)}; wanted: an IP address of this machine`,
    );
  return addresses;
}

function toAcks(words: Words, load: Load): boolean {
  if (!words.flag('ack')) return false;
  if (words.text('dialect') === 'websocket')
    throw new UsageError('--ack needs Socket.IO: --dialect socketio or --dialect socketio-msgpack');
  if (load.kind !== 'closed' && load.kind !== 'open')
    throw new UsageError('--ack excludes --push, --broadcast, --handshakes or --limit');
  if (words.text('expect') === 'none')
    throw new UsageError('--ack waits for replies and --expect none does not; give one of them');
  return true;
}

function toHandshake(words: Words): LoadSpec['handshake'] {
  const headers: Record<string, string> = {};
  for (const line of words.list('header')) {
    const parts = /^([!#$%&'*+.^_`|~\w-]+):\s*([\t\x20-\x7e]*)$/.exec(line);
    // What follows the name may be a secret.
    const [name] = /^[\w-]*/.exec(line)!;
    if (!parts) throw new UsageError(`--header is ${JSON.stringify(name)} and so on; wanted: 'Name: value'`);
    headers[parts[1]!] = parts[2]!;
  }
  const origin = words.text('origin');
  const token = words.text('token');
  if (!/^[\x21-\x7e]*$/.test(token))
    throw new UsageError('--token has spaces or other characters that a header cannot hold');
  return {
    headers,
    subprotocols: words.list('subprotocol'),
    timeoutMs: words.number('connect-timeout'),
    transport: words.text('transport') as 'websocket' | 'polling',
    ...(origin !== '' && { origin }),
    ...(token !== '' && { token }),
  };
}
