import { type Target, targetNamed } from '../targets.ts';

/** The targets that the suite is run on, in the order of the tables. */
export const provenTargets: readonly Target[] = [
  'ws',
  'uws',
  'socketio',
  'socketio-msgpack',
  'gorilla',
  'coder',
  'gobwas',
  'gobwas-epoll',
].map((name) => targetNamed(name)!);

/**
 * The targets that the RFC table is run on: all but the one with other packets in the frames of the same Engine.IO and
 * ws, since the table's hand-made frames of text are none of its packets.
 */
export const rfcTargets: readonly Target[] = provenTargets.filter(
  ({ capabilities }) => capabilities.wire !== 'socketio-msgpack',
);
