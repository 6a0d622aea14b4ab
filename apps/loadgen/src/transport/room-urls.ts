import type { BroadcastLoad } from '@ws-arena/load/load-spec';

/**
 * The URLs of a broadcast, each with its room: those that name one as they are, and each of the others in each of `rooms`.
 * Of these any run of so many is all rooms once, so that they have as many members as each other, also on each URL; and the
 * first member of a room, who sends, is not always at the first URL.
 */
export function roomUrls(
  urls: readonly string[],
  { rooms = 1, roomPrefix = 'loadgen' }: Pick<BroadcastLoad, 'rooms' | 'roomPrefix'>,
): string[] {
  const [named, others] = [urls.filter(hasRoom), urls.filter((url) => !hasRoom(url))];
  const each = others.flatMap((_, round) =>
    Array.from({ length: rooms }, (_, room) =>
      withRoom(others[(round + room) % others.length]!, `${roomPrefix}-${room}`),
    ),
  );
  return [...named, ...each];
}

function hasRoom(text: string): boolean {
  return !URL.canParse(text) || new URL(text).searchParams.has('room');
}

function withRoom(text: string, room: string): string {
  const url = new URL(text);
  url.searchParams.set('room', room);
  return url.href;
}
