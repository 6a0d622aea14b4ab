import type { PayloadSpec } from '@ws-arena/load/load-spec';
import { seededRandom } from '../schedule/seeded-random.ts';
import type { Content } from './message.ts';
import { HEADER_BYTES } from './message-header.ts';

const ID_OPENS = '{"id":"';
const FRAME = `${ID_OPENS}${'A'.repeat(HEADER_BYTES)}","note":""}`;

const words =
  'order shipped ready payment received card expires address changed your parcel arrives tomorrow between refund issued invoice attached please confirm new device signed in from Lisbon Osaka Toronto Nairobi thank you for waiting'.split(
    ' ',
  );
const kinds = ['order.updated', 'payment.received', 'message.created', 'device.signed_in', 'parcel.moved'];
const states = ['open', 'paid', 'packed', 'shipped', 'delivered'];

/**
 * A notification as a web application sends it, in exactly `spec.bytes`: the header is the value of its `id`; then
 * items of order data, as many as fit; then a note that fills up. The text is what JSON.stringify would write of it, so a
 * server that parses and writes it again returns the same bytes.
 * @throws Error for fewer bytes than the id and an empty note take.
 */
export function jsonPayload(spec: PayloadSpec): Content {
  if (spec.bytes < FRAME.length) {
    throw new Error(`a JSON message of ${spec.bytes} bytes is too short; wanted: at least ${FRAME.length}`);
  }
  const random = seededRandom(spec.seed);
  const items: string[] = [];
  let left = spec.bytes - FRAME.length - ',"items":[]'.length;
  for (let item = makeItem(random, 0); item.length + 1 <= left; item = makeItem(random, items.length)) {
    items.push(item);
    left -= item.length + (items.length > 1 ? 1 : 0);
  }
  const list = items.length > 0 ? `,"items":[${items.join(',')}]` : '';
  const note = makeNote(random, spec.bytes - FRAME.length - list.length);
  const text = `${FRAME.slice(0, -',"note":""}'.length)}${list},"note":"${note}"}`;
  return { payload: Buffer.from(text, 'latin1'), headerAt: ID_OPENS.length };
}

function makeItem(random: () => number, index: number): string {
  const pick = <T>(list: readonly T[]): T => list[random() % list.length]!;
  return JSON.stringify({
    seq: index,
    kind: pick(kinds),
    at: new Date(1_760_000_000_000 + (random() % 86_400_000)).toISOString(),
    user: { id: random() % 1_000_000, name: `user-${random().toString(36)}`, premium: random() % 4 === 0 },
    amount: (random() % 100_000) / 100,
    currency: pick(['EUR', 'USD', 'JPY']),
    state: pick(states),
    text: Array.from({ length: 6 + (random() % 8) }, () => pick(words)).join(' '),
  });
}

function makeNote(random: () => number, bytes: number): string {
  let note = '';
  while (note.length < bytes) note += `${words[random() % words.length]!} `;
  return note.slice(0, bytes);
}
