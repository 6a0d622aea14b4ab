/** Shortest and longest period of `?push=MS`, in milliseconds. */
export const pushPeriodMs = { min: 10, max: 60_000 } as const;

/** A push of this many bytes or more is exactly as long as asked: its text and an empty `pad` are shorter. */
export const PUSH_EXACT_BYTES = 64;
