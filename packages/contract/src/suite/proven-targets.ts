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
  'lua',
].map((name) => targetNamed(name)!);

/** The targets that the RFC table is run on: `socketio-msgpack` has other packets in the frames of the same ws. */
export const rfcTargets: readonly Target[] = provenTargets.filter(
  ({ capabilities }) => capabilities.wire !== 'socketio-msgpack',
);
