/** An HdrHistogram (V2, compressed, base64): nanoseconds, three significant digits. */
export type EncodedHistogram = string;
