import type { CliOption } from './cli-option.ts';
import { cliOption, cliOptionNames } from './options.ts';

const WIDTH = 80;
const HELP_AT = 28;

/** What the tool's exit codes mean; for help and docs/loadgen.md. */
export const EXIT_CODES =
  'Exit codes: 0 measured; 1 failed: nothing was sent, nothing came back, an agent of a fleet was lost, or a handshake failed (a --fail-if rule about `failed` decides this instead); 2 the command line is wrong; 3 a --fail-if rule is true.';

/** The text of `--help`, within 80 columns. */
export function helpText(): string {
  const lines = [
    'pnpm loadgen --url ws://host:port/path [options]',
    `pnpm loadgen run SCENARIO --url … [options]`,
    `pnpm loadgen agent --redis redis://host:6379      (a machine of a fleet)`,
    `pnpm loadgen observe --pid PID --redis redis://host:6379   (beside a server)`,
    `pnpm loadgen --agents N --redis … --url … [options]`,
    '',
    'Loads a WebSocket server and reports what it did. Latency counts from the',
    'intended send time. Times are written 30s or 500ms, sizes 64 or 4k, rates 5000',
    'or 20k.',
  ];
  let group = '';
  for (const name of cliOptionNames) {
    const option = cliOption(name);
    if (option.group !== group) lines.push('', `${option.group}:`);
    group = option.group;
    lines.push(...entry(name, option));
  }
  lines.push('', ...wrap(EXIT_CODES, WIDTH), '');
  return lines.join('\n');
}

/** How an option is typed: `--rate N`, `--[no-]tls-reuse`. */
export function syntax(name: string, option: CliOption): string {
  if (option.type === 'flag') return option.default === 'true' ? `--[no-]${name}` : `--${name}`;
  return `--${name} ${option.oneOf ? option.oneOf.join('|') : (option.value ?? 'TEXT')}`;
}

function entry(name: string, option: CliOption): string[] {
  const head = `  ${syntax(name, option)}`;
  const wrapped = wrap(`${option.help}${defaultOf(option)}`, WIDTH - HELP_AT);
  const fits = head.length < HELP_AT - 1;
  const lines = wrapped.map((line) => `${' '.repeat(HELP_AT)}${line}`);
  return fits ? [head.padEnd(HELP_AT) + wrapped[0], ...lines.slice(1)] : [head, ...lines];
}

function defaultOf(option: CliOption): string {
  return option.type === 'flag' || option.default === '' ? '' : ` (${option.default})`;
}

/** `text` in lines of at most `width` characters, broken between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
