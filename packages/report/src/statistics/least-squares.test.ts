import { expect, test } from 'vitest';
import { leastSquares } from './least-squares.ts';

// scipy 1.17.1 `linregress`: slope 8078.571428571428, intercept 25000.
test('the line agrees with scipy', () => {
  const x = [500, 1000, 2000, 500, 1000, 2000];
  const y = [4.0e6, 8.1e6, 16.3e6, 4.2e6, 8.0e6, 16.1e6];
  const line = leastSquares(x.map((value, i) => ({ x: value, y: y[i]! })))!;
  expect(line.slope).toBeCloseTo(8078.571428571428, 6);
  expect(line.intercept).toBeCloseTo(25_000, 4);
});

test('points above one another have no line', () => {
  expect(
    leastSquares([
      { x: 1, y: 1 },
      { x: 1, y: 2 },
    ]),
  ).toBeUndefined();
  expect(leastSquares([])).toBeUndefined();
});
