import type { ResponseHead } from '../suite/upgrade.ts';

const NAME = 'permessage-deflate';

type Parameters = ReadonlyMap<string, string | undefined>;

/** The permessage-deflate offers in `header`, each as its parameters. */
function offersOf(header: string): Parameters[] {
  return header
    .split(',')
    .map((offer) => offer.split(';').map((part) => part.trim()))
    .filter(([name]) => name === NAME)
    .map(([, ...parts]) => new Map(parts.map((part) => splitParameter(part))));
}

function splitParameter(part: string): [string, string | undefined] {
  const [name, value] = part.split('=').map((text) => text.trim());
  return [name!, value?.replaceAll('"', '')];
}

/** What is wrong with `answer` as an answer to `offer` (RFC 7692 section 7.1); undefined when it is right. */
function wrongAnswer(answer: Parameters, offer: Parameters): string | undefined {
  for (const [name, value] of answer) {
    const asked = offer.get(name);
    if (name.endsWith('_no_context_takeover')) {
      if (value !== undefined) return `${name} has a value`;
    } else if (name === 'server_max_window_bits' || name === 'client_max_window_bits') {
      if (!/^([89]|1[0-5])$/.test(value ?? '')) return `${name} is ${value}`;
      if (name.startsWith('client') && !offer.has(name)) return `${name}, which was not offered`;
      if (asked !== undefined && Number(value) > Number(asked)) return `${name} is ${value}, above ${asked}`;
    } else return `${name} is unknown`;
  }
  const missing = ['server_no_context_takeover', 'server_max_window_bits'].find(
    (name) => offer.has(name) && !answer.has(name),
  );
  return missing && `${missing} was asked for and not granted`;
}

/** The outcome of a negotiation: `agreed`, `declined`, the status of a refused upgrade, or what is wrong. */
export function negotiated(offer: string, head: ResponseHead | undefined): string {
  if (!head) return 'dropped';
  if (head.status !== 101) return `HTTP ${head.status}`;
  const header = head.headers['sec-websocket-extensions'];
  if (header === undefined) return 'declined';
  const [answer] = offersOf(header);
  if (!answer) return `answered ${header}`;
  const wrongs = offersOf(offer).map((one) => wrongAnswer(answer, one));
  return wrongs.includes(undefined) ? 'agreed' : `agreed wrongly: ${wrongs[0]}`;
}
