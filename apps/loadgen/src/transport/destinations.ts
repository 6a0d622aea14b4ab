import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { redactedUrl } from '@ws-arena/load/redacted';
import type { DialectCodec } from '../wire/dialect.ts';
import type { Destination } from './destination.ts';
import { roomUrls } from './room-urls.ts';

/**
 * Where the connections of a job go, in the order in which they take turns: over the URLs first, then over the source
 * addresses. Names are resolved here, once.
 * @throws Error in one sentence for a URL that is not one, or a host that does not resolve.
 */
export async function destinationsOf(spec: LoadSpec, codec: DialectCodec): Promise<Destination[]> {
  if (spec.urls.length === 0) throw new Error('the job has no url; wanted: at least one ws:// or wss:// url');
  const resolved = await Promise.all(urlsOf(spec).map((text) => resolve(text, codec)));
  const rooms = new Map([...new Set(resolved.map(roomOf))].map((name, number) => [name, number]));
  const targets = resolved.map((target) => ({ ...target, room: rooms.get(roomOf(target))! }));
  const sources = spec.sourceAddresses.length > 0 ? spec.sourceAddresses : [undefined];
  return sources.flatMap((localAddress) =>
    targets.map((target) => ({
      ...target,
      endpoint: { ...target.endpoint, ...(localAddress !== undefined && { localAddress }) },
    })),
  );
}

function urlsOf({ urls, load }: LoadSpec): readonly string[] {
  return load.kind === 'broadcast' ? roomUrls(urls, load) : urls;
}

function roomOf({ url }: Pick<Destination, 'url'>): string {
  return url.searchParams.get('room') ?? '';
}

async function resolve(text: string, codec: DialectCodec): Promise<Omit<Destination, 'room'>> {
  if (!URL.canParse(text))
    throw new Error(`${JSON.stringify(text)} is not a url; wanted: ws://host:port/path`);
  const url = new URL(text);
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new Error(`${redactedUrl(text)} has the protocol ${url.protocol}; wanted: ws: or wss:`);
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (url.protocol === 'wss:' ? 443 : 80);
  return {
    endpoint: { address: await addressOf(hostname), port, hostname },
    url,
    path: codec.path(url),
  };
}

async function addressOf(hostname: string): Promise<string> {
  if (isIP(hostname)) return hostname;
  try {
    return (await lookup(hostname)).address;
  } catch (cause) {
    throw new Error(`the host ${hostname} does not resolve (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    });
  }
}
