import type { Case, Params, Route, Scenario } from '@ws-arena/results/trial';

export const tlsVersions = ['1.2', '1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

export const tlsReuses = ['on', 'off'] as const;
export type TlsReuse = (typeof tlsReuses)[number];

/** What the cases of `nginx-tls` are measured with: each version, and for handshakes with and without resumed sessions. */
export interface TlsChoice {
  readonly tlsVersions: readonly TlsVersion[];
  readonly tlsReuse: readonly TlsReuse[];
}

/** A route to the servers, with the parameters that its proxy depends on. */
export type Way = Pick<Case, 'route' | 'params'>;

/** The parameters that TLS adds to the cases of a scenario on a route; only handshakes can resume a session. */
export function tlsParams(choice: TlsChoice, route: Route, scenario?: Scenario): Params[] {
  if (route !== 'nginx-tls') return [{}];
  return choice.tlsVersions.flatMap((tls) =>
    scenario === 'connect' ? choice.tlsReuse.map((tlsReuse) => ({ tls, tlsReuse })) : [{ tls }],
  );
}

/** The TLS of both sides of `nginx-tls`: version 1.3 and resumed sessions where the case does not say. */
export function tlsOf({ params }: Way): { readonly version: TlsVersion; readonly reuseSessions: boolean } {
  return { version: params.tls === '1.2' ? '1.2' : '1.3', reuseSessions: params.tlsReuse !== 'off' };
}
