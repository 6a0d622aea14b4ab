import { TargetUnavailable } from '../target-unavailable.ts';
import type { Fleet } from './fleet.ts';

/** Why the fleet's target cannot run on this machine; undefined when it can. Other failures are left to its rows. */
export async function whyUnavailable(fleet: Fleet): Promise<TargetUnavailable | undefined> {
  try {
    await fleet.server('base');
    return undefined;
  } catch (error) {
    return error instanceof TargetUnavailable ? error : undefined;
  }
}
