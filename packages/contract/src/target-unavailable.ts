/** The target cannot run on this machine (no toolchain, no native binary): a row that says so, not a crash. */
export class TargetUnavailable extends Error {
  override readonly name = 'TargetUnavailable';
}
