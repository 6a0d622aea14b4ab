/**
 * One step of an attacker on its connection.
 * `send` writes bytes; `turn` lets the event loop turn, so that what follows goes in a segment of its own; `answer` waits
 * until the server has said something, for a moment; `stall` reads no more; `fin` and `reset` end the connection.
 */
export type Step =
  | { readonly kind: 'send'; readonly bytes: Buffer }
  | { readonly kind: 'turn' | 'answer' | 'stall' | 'fin' | 'reset' };

/** What one attacker does, in order. */
export type Attack = readonly Step[];

const bareKinds = ['turn', 'answer', 'stall', 'fin', 'reset'] as const;

/** A step in words: `stall`, `send "GET / HTTP/1.1\r\n"` as JSON has it, `send 8105…` in hex for other bytes. */
export function stepText(step: Step): string {
  if (step.kind !== 'send') return step.kind;
  const text = step.bytes.toString('latin1');
  return `send ${/^[\r\n\x20-\x7e]*$/.test(text) ? JSON.stringify(text) : step.bytes.toString('hex')}`;
}

/** @throws Error when `text` is not what `stepText` writes. */
export function parseStep(text: string): Step {
  const kind = bareKinds.find((bare) => bare === text);
  if (kind) return { kind };
  const [, quoted, hex] = /^send (?:(".*")|((?:[0-9a-f]{2})+))$/.exec(text) ?? [];
  if (quoted !== undefined)
    return { kind: 'send', bytes: Buffer.from(JSON.parse(quoted) as string, 'latin1') };
  if (hex !== undefined) return { kind: 'send', bytes: Buffer.from(hex, 'hex') };
  throw new Error(
    `"${text.slice(0, 60)}" is no step of an attack; allowed: send with hex digits or a string of JSON, ${bareKinds.join(', ')}`,
  );
}
