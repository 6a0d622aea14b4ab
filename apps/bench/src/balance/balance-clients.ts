/** Addresses of `count` clients of one /24, as in a compose network: 127.0.5.1, 127.0.5.2, … */
export const oneSubnet = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `127.0.5.${1 + (i % 250)}`);

/** Those of `count` clients of as many /24 networks. */
export const manySubnets = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `127.${1 + Math.floor(i / 250)}.${1 + (i % 250)}.1`);
