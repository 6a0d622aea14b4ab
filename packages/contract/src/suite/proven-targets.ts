import { type Target, targetNamed } from '../targets.ts';

/** The targets that the suite and the RFC table are run on, in the order of the tables. */
export const provenTargets: readonly Target[] = [
  'ws',
  'uws',
  'socketio',
  'gorilla',
  'coder',
  'gobwas',
  'gobwas-epoll',
].map((name) => targetNamed(name)!);
