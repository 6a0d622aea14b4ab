import type { Dialect } from '@ws-arena/wire/dialect';
import { wireForms } from '../suite/wire-form.ts';
import type { Attack, Step } from './attack.ts';
import { anyFrames, anyPayload } from './frames.ts';
import { goodRequest, oddRequest } from './handshakes.ts';
import { anyMessage } from './packets.ts';
import type { Random } from './random.ts';

/** What an attack is made for. */
export interface Prey {
  readonly dialect: Dialect;
  readonly path: string;
  readonly deflate: boolean;
}

const BYTES = [0, 1, 0x7f, 0x80, 0x81, 0x88, 0xc1, 0xfe, 0xff];

/** An attack on `prey`, decided by `random` alone: an upgrade and what comes after it, each good, odd or damaged. */
export function makeAttack(random: Random, prey: Prey): Attack {
  const odd = random.percent(15);
  const request = odd
    ? oddRequest(random, prey.dialect, prey.path)
    : goodRequest(random, prey.dialect, prey.path, prey.deflate);
  const greets = !odd && random.percent(95);
  const greeting = greets ? wireForms[prey.dialect].greeting.flatMap(({ answer }) => answer ?? []) : [];
  const frames = random
    .some(8, () =>
      anyFrames(random, prey.deflate && random.percent(90), () => anyMessage(random, prey.dialect)),
    )
    .flat();
  const steps: Step[] = send(random, odd && random.percent(40) ? damaged(random, request) : request);
  for (const answer of greeting) steps.push({ kind: 'answer' }, { kind: 'send', bytes: answer });
  if (random.percent(80)) steps.push({ kind: 'answer' });
  if (random.percent(10)) steps.push({ kind: 'stall' });
  const written = random.percent(60) ? frames : [Buffer.concat(frames)];
  const at = random.percent(40) ? random.below(written.length) : -1;
  for (const [i, bytes] of written.entries()) {
    steps.push(...send(random, i === at ? damaged(random, bytes) : bytes));
    if (random.percent(30)) steps.push({ kind: 'turn' });
  }
  if (random.percent(70)) steps.push({ kind: 'answer' });
  if (random.percent(50)) steps.push({ kind: random.pick(['fin', 'reset']) });
  return steps;
}

/** `bytes` in one write, or cut into several with turns between. */
function send(random: Random, bytes: Buffer): Step[] {
  if (bytes.length < 2 || random.percent(70)) return [{ kind: 'send', bytes }];
  const cuts = random.some(5, () => 1 + random.below(bytes.length - 1)).sort((a, b) => a - b);
  const edges = [0, ...new Set(cuts), bytes.length];
  return edges
    .slice(1)
    .flatMap((end, i): Step[] => [
      ...(i > 0 ? [{ kind: 'turn' as const }] : []),
      { kind: 'send', bytes: bytes.subarray(edges[i], end) },
    ]);
}

/** `bytes` with some of them changed, lost, doubled or added. */
function damaged(random: Random, bytes: Buffer): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let left = 1 + random.below(4); left > 0 && result.length > 0; left -= 1) {
    const at = random.below(random.percent(50) ? Math.min(16, result.length) : result.length);
    const end = Math.min(result.length, at + 1 + random.below(16));
    const [before, part, after] = [result.subarray(0, at), result.subarray(at, end), result.subarray(end)];
    result = random.pick<() => Buffer>([
      () => Buffer.concat([before, Buffer.from([random.pick(BYTES)]), result.subarray(at + 1)]),
      () =>
        Buffer.concat([before, Buffer.from([part[0]! ^ (1 << random.below(8))]), result.subarray(at + 1)]),
      () => Buffer.concat([before, after]),
      () => Buffer.concat([before, part, part, after]),
      () => Buffer.concat([before, anyPayload(random), part, after]),
      () => Buffer.from(before),
    ])();
  }
  return result;
}
