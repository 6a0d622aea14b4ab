import type { SliceSpec } from '@ws-arena/load/slice';
import type { Session } from '../measure/session.ts';

/** A session in whose slices a neighbour is loaded, too, by a process of its own; its replies count for nothing but its life. */
export function besideNeighbour(session: Session, neighbour: Session, load: SliceSpec['load']): Session {
  return {
    ...session,
    roles: () => {
      const roles = session.roles();
      return { ...roles, generator: [...roles.generator, ...neighbour.roles().generator] };
    },
    slice: async (spec) => {
      const [result, beside] = await Promise.all([session.slice(spec), neighbour.slice({ ...spec, load })]);
      const { sent, delivered, closed } = beside;
      if (closed) throw new Error(`connections of the neighbour were closed: ${JSON.stringify(closed)}`);
      if (sent > 0 && delivered === 0) throw new Error(`the neighbour got nothing back of ${sent} sent`);
      return result;
    },
    close: async () => {
      await neighbour.close();
      await session.close();
    },
  };
}
