import { expect, test } from 'vitest';
import { adjustForFalseDiscovery } from './false-discovery.ts';

// scipy 1.17.1 `false_discovery_control(ps)`, which agrees with R's `p.adjust(ps, "BH")`. The second row is the
// example of Benjamini and Hochberg 1995, section 4.1.
const published: [ps: number[], adjusted: number[]][] = [
  [
    [0.01, 0.04, 0.03, 0.005, 0.2, 0.9],
    [0.03, 0.06, 0.06, 0.03, 0.24, 0.9],
  ],
  [
    [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ],
    [
      0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645,
      0.07650000000000001, 0.486, 0.5811818181818181, 0.7148749999999999, 0.7532307692307693,
      0.8132142857142857, 1,
    ],
  ],
  [[], []],
];

test.each(published)('%j', (ps, adjusted) => {
  const got = adjustForFalseDiscovery(ps);
  expect(got).toHaveLength(adjusted.length);
  for (const [i, p] of got.entries()) expect(p).toBeCloseTo(adjusted[i]!, 12);
});
