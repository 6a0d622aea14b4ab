import type { Params, Route, Scenario } from '@ws-arena/results/trial';

/** How an auth service finds out whether a token is good: by the issuer's signature, or by asking the issuer. */
export const tokenChecks = ['signature', 'introspection'] as const;
export type TokenCheck = (typeof tokenChecks)[number];

/** What the cases of `nginx-auth` are measured with: each way of checking. */
export interface TokenChoice {
  readonly tokenChecks: readonly TokenCheck[];
}

/** Routes on which Nginx checks the tokens, and the server goes by its word. */
export const checkingRoutes = ['nginx-auth', 'nginx-njs', 'nginx-lua'] as const satisfies readonly Route[];
export type CheckingRoute = (typeof checkingRoutes)[number];

/** Whether Nginx checks the tokens on `route`. */
export function isChecking(route: Route): route is CheckingRoute {
  return checkingRoutes.some((one) => one === route);
}

/** Whether clients bring tokens: on every route of a run that has one on which Nginx checks them. */
export function asksTokens(routes: readonly Route[]): boolean {
  return routes.some(isChecking);
}

/** The parameters that tokens add to the cases of a scenario on a route: who checks them, and how. */
export function tokenParams(
  { routes, tokenChecks }: TokenChoice & { readonly routes: readonly Route[] },
  route: Route,
  scenario: Scenario,
): Params[] {
  if (!asksTokens(routes) || scenario === 'http') return [{}];
  if (route !== 'nginx-auth') return [{ tokens: isChecking(route) ? 'signature' : 'server' }];
  return tokenChecks.flatMap((tokens): Params[] =>
    // With the cache the issuer is asked once in a while, without it at each handshake.
    tokens === 'introspection' && (scenario === 'connect' || scenario === 'tokens')
      ? [
          { tokens, cache: 'on' },
          { tokens, cache: 'off' },
        ]
      : [{ tokens }],
  );
}
