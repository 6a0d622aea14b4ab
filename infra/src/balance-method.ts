/** How Nginx spreads connections over the instances of a server, in the order of the tables. */
export const balanceMethods = ['round-robin', 'ip_hash', 'least_conn', 'hash', 'random two'] as const;
export type BalanceMethod = (typeof balanceMethods)[number];

/** A method, or one that keeps a session on its instance by a cookie of Nginx' own. */
export type Routing = BalanceMethod | 'cookie';

/** The routings that send a client that comes back to the same instance. */
export const stickyRoutings: readonly Routing[] = ['cookie', 'hash', 'ip_hash'];

/**
 * The directive of `method` in an `upstream` block, or undefined for round robin, which has none.
 * @param hashKey the variables that `hash` keys on; the ring is consistent, so that a lost instance moves only its own.
 */
export function balanceDirective(method: Routing, hashKey: string): string | undefined {
  switch (method) {
    case 'round-robin':
      return undefined;
    case 'cookie':
      return 'hash $route consistent;';
    case 'hash':
      return `hash ${hashKey} consistent;`;
    case 'random two':
      return 'random two least_conn;';
    default:
      return `${method};`;
  }
}
