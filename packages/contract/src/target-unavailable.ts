/** The target cannot run on this machine (no toolchain, no native binary): a row that says so, not a crash. */
export class TargetUnavailable extends Error {
  override readonly name = 'TargetUnavailable';
}

/** The exit code by which a server says that its library cannot load on this machine (EX_UNAVAILABLE of sysexits.h). */
export const UNAVAILABLE_EXIT_CODE = 69;
