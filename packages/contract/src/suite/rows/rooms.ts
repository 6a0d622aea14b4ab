import type { Fleet } from '../fleet.ts';
import { type Message, Peer } from '../peer.ts';
import { inTime, type Row, row, SLACK_MS } from '../row.ts';

/** Members of a room, and messages that each of them sends. */
export const MEMBERS = 4;
const EACH = 50;

/** `as sent`, or what is wrong with what a member saw of a room in which all of `MEMBERS` sent `EACH` messages. */
export function judge(room: string, messages: readonly Message[]): string {
  const next = Array.from({ length: MEMBERS }, () => 0);
  for (const { data } of messages) {
    const [from, sender, number] = data.toString().split(' ');
    if (from !== room) return `a message of room ${from} in room ${room}`;
    if (next[Number(sender)] !== Number(number)) {
      return `message ${number} of member ${sender} where ${next[Number(sender)]} was due`;
    }
    next[Number(sender)]! += 1;
  }
  return next.every((count) => count === EACH) ? 'as sent' : `messages are missing: ${next.join(', ')}`;
}

/** All members of all rooms say their messages; resolves when each has as many as there should be. */
export async function sayAll(
  names: readonly string[],
  members: readonly (readonly Peer[])[],
  countOf: (member: Peer) => number,
): Promise<void> {
  for (let number = 0; number < EACH; number += 1) {
    members.forEach((room, r) => {
      room.forEach((member, m) => {
        member.say(`${names[r]} ${m} ${number}`);
      });
    });
  }
  const all = MEMBERS * EACH;
  await Promise.all(
    members.flat().map((one) => one.raw.until(`${all} messages`, () => countOf(one) >= all || undefined)),
  );
}

async function rooms(fleet: Fleet): Promise<string> {
  const server = await fleet.server('base');
  const names = ['one', 'two'];
  const members = await Promise.all(
    names.map((room) =>
      Promise.all(Array.from({ length: MEMBERS }, () => Peer.open(server, { query: { room } }))),
    ),
  );
  const outsider = await Peer.open(server);
  await sayAll(names, members, (member) => member.messages.length);
  const all = members.flat();
  // One echo more: what the server had in hand for the outsider came before it.
  outsider.say('mine');
  await outsider.message(1);
  const seen = members.flatMap((room, r) => room.map((member) => judge(names[r]!, member.messages)));
  for (const peer of [...all, outsider]) peer.raw.destroy();
  if (outsider.messages.length !== 1) return 'a message of a room reached one who is in none';
  return seen.find((one) => one !== 'as sent') ?? 'every member, each once, in order, none to others';
}

async function leaver(fleet: Fleet): Promise<string> {
  const server = await fleet.server('base');
  const query = { room: 'left' };
  const [stays, leaves] = [await Peer.open(server, { query }), await Peer.open(server, { query })];
  leaves.close();
  await leaves.end();
  stays.say('alone');
  const { data } = await stays.message(1);
  stays.raw.destroy();
  return data.toString() === 'alone' ? 'the others go on' : `${data.length} bytes that nobody sent`;
}

const PUSH_MS = 200;
const PUSHES = 5;

async function push(fleet: Fleet): Promise<string> {
  const server = await fleet.server('base');
  const peer = await Peer.open(server, { query: { push: String(PUSH_MS) } });
  await peer.message(PUSHES);
  const tookMs = peer.messages[PUSHES - 1]!.atMs - peer.raw.openedAtMs;
  peer.raw.destroy();
  // Several may be read at once where the client was late; the last of them cannot have come too early.
  const leastMs = (PUSHES - 1) * PUSH_MS * 0.9;
  return inTime('pushed', tookMs, leastMs, PUSHES * PUSH_MS + SLACK_MS);
}

/** rooms and push: the workloads beside echo. */
export const roomRows: readonly Row[] = [
  row(
    'rooms',
    'two rooms of four members, all of whom send',
    'every member, each once, in order, none to others',
    rooms,
  ),
  row('rooms', 'a member leaves', 'the others go on', leaver),
  row('push', `a message every ${PUSH_MS} ms`, 'pushed in time', push),
];
