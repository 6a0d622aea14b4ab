/** A time as Nginx takes it. */
export function time(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** A block of directives, its lines indented. */
export function block(head: string, lines: readonly string[]): string {
  const indented = lines.flatMap((line) => line.split('\n')).map((line) => (line ? `    ${line}` : ''));
  return [`${head} {`, ...indented, '}'].join('\n');
}

/** A group of lines with an empty one after it; nothing for an empty group. */
export function spaced(lines: readonly string[]): string[] {
  return lines.length > 0 ? [...lines, ''] : [];
}
