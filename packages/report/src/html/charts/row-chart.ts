import type { Estimate } from '@ws-arena/results/report-file';
import type { CustomSeriesOption } from 'echarts/charts';

/** The height of one target's row in a chart of bars. */
export const ROW_HEIGHT = 30;

/** The axis of names, from the top down. */
export function rowAxis(names: readonly string[]): Record<string, unknown> {
  return {
    type: 'category',
    inverse: true,
    data: names,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: 'var(--ink)', fontSize: 12, interval: 0 },
  };
}

/** The 95 % intervals as whiskers over horizontal bars. */
export function whiskers(estimates: readonly Pick<Estimate, 'lo' | 'hi'>[]): CustomSeriesOption {
  return {
    type: 'custom',
    z: 5,
    data: estimates.map(({ lo, hi }, row) => [lo, row, hi]),
    renderItem: (_, api) => {
      const left = api.coord([api.value(0), api.value(1)]);
      const right = api.coord([api.value(2), api.value(1)]);
      const [x1, y] = [left[0]!, left[1]!];
      const x2 = right[0]!;
      const style = { stroke: 'var(--ink)', lineWidth: 1.25 };
      const line = (ax: number, ay: number, bx: number, by: number) =>
        ({ type: 'line', shape: { x1: ax, y1: ay, x2: bx, y2: by }, style }) as const;
      return {
        type: 'group',
        children: [line(x1, y, x2, y), line(x1, y - 4, x1, y + 4), line(x2, y - 4, x2, y + 4)],
      };
    },
  };
}
