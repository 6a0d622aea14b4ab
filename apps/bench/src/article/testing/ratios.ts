/** Ratios with their intervals, as an experiment finds them: center, lo, hi. */
export const less = [0.8, 0.75, 0.85] as const;
export const same = [1, 0.97, 1.03] as const;
export const more = [1.5, 1.4, 1.6] as const;
export const far = [4, 3, 5] as const;
export const unknown = [1.1, 0.6, 2.9] as const;
