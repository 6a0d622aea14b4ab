import type { Warning, WarningKind } from '@ws-arena/load/warning';

/** A warning where `isGiven`; otherwise none. */
export function doubt(isGiven: boolean, kind: WarningKind, detail: string): Warning[] {
  return isGiven ? [{ kind, detail }] : [];
}
