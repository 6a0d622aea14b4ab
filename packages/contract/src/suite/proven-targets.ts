import { type Target, targets } from '../targets.ts';

/** The targets that the suite is run on, in the order of the table: all but `bare` ones, which keep no contract. */
export const provenTargets: readonly Target[] = targets.filter(({ kind }) => kind !== 'bare');

/** The targets that the RFC table is run on: `socketio-msgpack` has other packets in the frames of the same ws. */
export const rfcTargets: readonly Target[] = provenTargets.filter(
  ({ capabilities }) => capabilities.wire !== 'socketio-msgpack',
);
