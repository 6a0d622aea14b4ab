import { UsageError } from './usage-error.ts';

const durationUnits: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kib: 1024,
  kb: 1000,
  m: 1_048_576,
  mib: 1_048_576,
  mb: 1_000_000,
};

/** Milliseconds of `30s`, `500ms`, `1.5m`, `250us`. @throws UsageError for text without a unit that it knows. */
export function parseDuration(text: string, source: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)$/.exec(text);
  if (!parts)
    throw new UsageError(`${source} is ${JSON.stringify(text)}; wanted: a duration such as 30s, 500ms or 2m`);
  return Number(parts[1]) * durationUnits[parts[2]!]!;
}

/** Bytes of `64`, `4k`, `1MiB` (1024) or `1MB` (1000). @throws UsageError for text that is no size. */
export function parseSize(text: string, source: string): number {
  const parts = /^(\d+)([a-z]*)$/i.exec(text);
  const unit = parts && sizeUnits[parts[2]!.toLowerCase()];
  if (!unit)
    throw new UsageError(`${source} is ${JSON.stringify(text)}; wanted: a size such as 64, 4k or 1MiB`);
  return Number(parts[1]) * unit;
}

/** A number, with an optional k (thousand) or M (million). @throws UsageError for text that is no number of at least 0. */
export function parseNumber(text: string, source: string): number {
  const parts = /^(\d+(?:[._]\d+)*(?:e\d+)?)([kM]?)$/.exec(text);
  const value = parts
    ? Number(parts[1]!.replaceAll('_', '')) * (parts[2] === 'k' ? 1e3 : parts[2] === 'M' ? 1e6 : 1)
    : NaN;
  if (!Number.isFinite(value))
    throw new UsageError(`${source} is ${JSON.stringify(text)}; wanted: a number such as 5000 or 20k`);
  return value;
}

const digits = (value: number) => (value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** `ns` nanoseconds with three digits and a unit that fits: `812 ns`, `20.5 µs`, `1.25 ms`, `3.00 s`. */
export function formatNs(ns: number): string {
  const [value, unit] =
    ns < 1e3 ? [ns, 'ns'] : ns < 1e6 ? [ns / 1e3, 'µs'] : ns < 1e9 ? [ns / 1e6, 'ms'] : [ns / 1e9, 's'];
  return `${value.toFixed(unit === 'ns' ? 0 : digits(value))} ${unit}`;
}

/** `bytes` with a binary unit: `512 B`, `1.5 KiB`, `20.0 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(digits(value))} ${units[power]}`;
}

/** A count or rate with commas between thousands: `5,000`; below 10 with two digits where there is a fraction. */
export function formatCount(value: number): string {
  const fraction = value < 10 && !Number.isInteger(value) ? 2 : 0;
  return value.toFixed(fraction).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
}

/** `ms` milliseconds as a person types them: `30s`, `500ms`. */
export function formatDuration(ms: number): string {
  return ms >= 1000 && ms % 100 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
