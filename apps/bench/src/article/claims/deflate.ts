import { defaultSpec } from '@ws-arena/load/load-spec';
import type { ClaimFigure } from '@ws-arena/results/article-file';
import { residentBytes } from '../../measure/proc.ts';
import type { TestBed } from '../../processes/test-bed.ts';
import { bytes, claim, doesNotHold, holds, holdsIf, shownAbove, shownBelow, undecided } from '../claim.ts';
import { type Compressed, compressed } from '../compressed.ts';
import { type FeedName, feedNames, messageFeeds } from '../feeds.ts';
import { openLoop } from '../lanes.ts';

const gorilla = (bed: TestBed): Promise<Compressed> =>
  bed.shared.once('deflate gorilla', () =>
    compressed(bed, 'gorilla', ['off', 'level 1', 'level 2', 'level 6', 'level 9']),
  );
const ws = (bed: TestBed): Promise<Compressed> =>
  bed.shared.once('deflate ws', () =>
    compressed(bed, 'ws', ['off', 'level 1', 'level 6', 'level 9', 'level 6, takeover']),
  );

const FEEDS =
  'Feeds made from a seed, no message twice (chat, ticks, logs, notifications of 300 to 900 B; snapshots of 20 KiB), echoed by gorilla at levels off, 1, 2, 6 and 9 and by ws at off, 1, 6, 9, and 6 with context takeover, which take turns. Ratios are over the four feeds of small messages unless they say snapshots.';

type Smaller = `${FeedName}, gorilla level 2` | `${FeedName}, ws level 6 with takeover`;

export const deflateRatio = claim({
  id: 'deflate-ratio',
  part: 'Compression',
  says: 'Text data (JSON, logs) shrink 5 to 10 times.',
  experiment: `How many times smaller the payloads are on the wire. ${FEEDS}`,
  measure: async (bed) => {
    const [go, node] = [await gorilla(bed), await ws(bed)];
    const of = (name: FeedName) => ({
      [`${name}, gorilla level 2`]: go.of('level 2', name).smaller(),
      [`${name}, ws level 6 with takeover`]: node.of('level 6, takeover', name).smaller(),
    });
    return Object.assign({}, ...feedNames.map(of)) as Record<Smaller, ClaimFigure>;
  },
  judge: (figures) => {
    const all = (way: 'gorilla level 2' | 'ws level 6 with takeover', feeds: readonly FeedName[]) =>
      feeds.map((name) => figures[`${name}, ${way}`].value);
    const alone = all('gorilla level 2', messageFeeds);
    const kept = all('ws level 6 with takeover', messageFeeds);
    const snapshot = figures['snapshots, gorilla level 2'].value;
    const because = `Small messages shrink ${range(alone)} each by itself, and ${range(kept)} where the window is kept between them, which gorilla cannot; snapshots ${snapshot.toFixed(1)} times.`;
    if (Math.min(...alone, snapshot) >= 5) return holds(because);
    return Math.max(...alone, ...kept, snapshot) >= 5
      ? holdsIf(
          `${snapshot >= 5 ? 'Messages are large, tens of KiB' : 'The feed repeats itself'}. ${because}`,
        )
      : doesNotHold(because);
  },
});

export const levelOneSize = claim({
  id: 'deflate-level-1',
  part: 'Compression',
  says: 'Level 1 (BestSpeed) takes least of the CPU, but the size will not shrink much.',
  experiment: FEEDS,
  measure: async (bed) => {
    const [go, node] = [await gorilla(bed), await ws(bed)];
    return {
      'bytes, level 1 ÷ level 6, gorilla': go.bytesRatio('level 1', 'level 6'),
      'bytes, level 1 ÷ level 6, ws': node.bytesRatio('level 1', 'level 6'),
      'bytes, level 1 ÷ off, gorilla': go.bytesRatio('level 1', 'off'),
    };
  },
  judge: (figures) => {
    const [go, node] = [
      figures['bytes, level 1 ÷ level 6, gorilla'].value,
      figures['bytes, level 1 ÷ level 6, ws'].value,
    ];
    const more = `${percent(go)} more bytes than level 6 with gorilla, ${percent(node)} with ws`;
    if (Math.min(go, node) > 1.25) return holds(`It leaves ${more}.`);
    return Math.max(go, node) > 1.1
      ? holdsIf(`A tenth counts as much: it leaves ${more}.`)
      : doesNotHold(`It leaves only ${more}.`);
  },
});

export const jsonLevel = claim({
  id: 'deflate-json-level',
  part: 'Compression',
  says: 'For JSON and text: level 1 or 2; with many clients 1.',
  experiment: FEEDS,
  measure: async (bed) => {
    const [go, node] = [await gorilla(bed), await ws(bed)];
    return {
      'CPU, level 6 ÷ level 1, gorilla': go.costRatio('level 6', 'level 1'),
      'CPU, level 2 ÷ level 1, gorilla': go.costRatio('level 2', 'level 1'),
      'bytes, level 1 ÷ level 6, gorilla': go.bytesRatio('level 1', 'level 6'),
      'CPU, level 6 ÷ level 1, ws': node.costRatio('level 6', 'level 1'),
    };
  },
  judge: (figures) => {
    const [go, node] = [figures['CPU, level 6 ÷ level 1, gorilla'], figures['CPU, level 6 ÷ level 1, ws']];
    const wire = figures['bytes, level 1 ÷ level 6, gorilla'].value;
    const cost = `Level 6 costs ${go.value.toFixed(2)} times the CPU of level 1 with gorilla and ${node.value.toFixed(2)} times with ws; level 1 leaves ${percent(wire)} more bytes.`;
    const [onGo, onNode] = [shownAbove(go, 1.05), shownAbove(node, 1.05)];
    if (onGo && onNode) return holds(cost);
    if ((onGo && shownBelow(node, 1.1)) || (onNode && shownBelow(go, 1.1)))
      return holdsIf(
        `It is ${onGo ? 'gorilla' : 'ws'}: with the other a higher level costs no tenth more. ${cost}`,
      );
    return shownBelow(go, 1.1) && shownBelow(node, 1.1)
      ? doesNotHold(`A higher level costs no tenth more. ${cost}`)
      : undecided(`A tenth more was neither shown nor ruled out. ${cost}`);
  },
});

export const trafficLevel = claim({
  id: 'deflate-traffic',
  part: 'Compression',
  says: 'If saving traffic matters: level 6.',
  experiment: FEEDS,
  measure: async (bed) => {
    const [go, node] = [await gorilla(bed), await ws(bed)];
    return {
      'bytes, level 6 ÷ level 1, gorilla': go.bytesRatio('level 6', 'level 1'),
      'bytes, level 6 ÷ level 1, ws': node.bytesRatio('level 6', 'level 1'),
      'bytes, level 6 with takeover ÷ without, ws': node.bytesRatio('level 6, takeover', 'level 6'),
    };
  },
  judge: (figures) => {
    const saved = [
      1 - figures['bytes, level 6 ÷ level 1, gorilla'].value,
      1 - figures['bytes, level 6 ÷ level 1, ws'].value,
    ];
    const takeover = 1 - figures['bytes, level 6 with takeover ÷ without, ws'].value;
    const because = `Level 6 saves ${share(saved[0]!)} of the bytes of level 1 with gorilla and ${share(saved[1]!)} with ws; context takeover saves ${share(takeover)} of what is left.`;
    if (Math.min(...saved) < 0.02) return doesNotHold(because);
    return takeover > Math.max(...saved)
      ? holdsIf(`The window cannot be kept: that saves more than any level. ${because}`)
      : holds(because);
  },
});

const snapshots = ['snapshots'] as const;
const nines = ['messages, gorilla', 'snapshots, gorilla', 'messages, ws', 'snapshots, ws'] as const;

export const levelNine = claim({
  id: 'deflate-level-9',
  part: 'Compression',
  says: 'Level 9 (BestCompression) compresses most, but is a heavy load on the CPU.',
  experiment: FEEDS,
  measure: async (bed) => {
    const [go, node] = [await gorilla(bed), await ws(bed)];
    return {
      'CPU, level 9 ÷ level 6, messages, gorilla': go.costRatio('level 9', 'level 6'),
      'bytes, level 9 ÷ level 6, messages, gorilla': go.bytesRatio('level 9', 'level 6'),
      'CPU, level 9 ÷ level 6, snapshots, gorilla': go.costRatio('level 9', 'level 6', snapshots),
      'bytes, level 9 ÷ level 6, snapshots, gorilla': go.bytesRatio('level 9', 'level 6', snapshots),
      'CPU, level 9 ÷ level 6, messages, ws': node.costRatio('level 9', 'level 6'),
      'bytes, level 9 ÷ level 6, messages, ws': node.bytesRatio('level 9', 'level 6'),
      'CPU, level 9 ÷ level 6, snapshots, ws': node.costRatio('level 9', 'level 6', snapshots),
      'bytes, level 9 ÷ level 6, snapshots, ws': node.bytesRatio('level 9', 'level 6', snapshots),
    };
  },
  judge: (figures) => {
    const cpu = (name: (typeof nines)[number]) => figures[`CPU, level 9 ÷ level 6, ${name}`];
    const heavy = nines.filter((name) => shownAbove(cpu(name), 1.2));
    const light = nines.filter((name) => shownBelow(cpu(name), 1.2));
    const saved = Math.max(...nines.map((name) => 1 - figures[`bytes, level 9 ÷ level 6, ${name}`].value));
    const because = `Over level 6 it costs ${nines.map((name) => `${cpu(name).value.toFixed(2)} times the CPU (${name})`).join(', ')}, and saves at most ${(saved * 100).toFixed(1)} % of the bytes.`;
    if (heavy.length === nines.length) return holds(because);
    if (light.length === nines.length) return doesNotHold(`It costs no fifth more than level 6. ${because}`);
    return heavy.length > 0
      ? holdsIf(`It is one of ${heavy.join('; ')}: there a fifth more was shown. ${because}`)
      : undecided(`A fifth more was neither shown nor ruled out. ${because}`);
  },
});

const CONNECTIONS = 400;

/** What each connection added to the server, after a burst of messages to all of them. */
async function afterBurst(bed: TestBed, deflateLevel: number, takeover: boolean): Promise<ClaimFigure> {
  const server = await bed.server('ws', { deflateLevel, deflateContextTakeover: takeover });
  const before = residentBytes([server.pid]);
  const generator = await bed.generator();
  const session = await generator.open({
    ...defaultSpec,
    urls: [server.url],
    connections: CONNECTIONS,
    payload: { ...defaultSpec.payload, kind: 'json', bytes: 1024 },
    deflate: deflateLevel === 0 ? 'off' : takeover ? 'takeover' : 'no-takeover',
  });
  await generator.slice(session, { load: openLoop(2000), durationMs: 1500, drainMs: 10_000 });
  await bed.sleep(1000);
  const grown = Math.max(0, residentBytes([server.pid]) - before);
  await server.kill();
  return bytes(grown / CONNECTIONS, CONNECTIONS);
}

export const deflateCosts = claim({
  id: 'deflate-costs',
  part: 'Compression',
  says: 'Compression saves traffic and loads the CPU.',
  experiment: `${FEEDS} And how ws has grown per connection a second after a burst of 1 KiB of JSON over ${CONNECTIONS} connections.`,
  measure: async (bed) => {
    const [go, node] = [await gorilla(bed), await ws(bed)];
    return {
      'CPU, level 1 ÷ off, gorilla': go.costRatio('level 1', 'off'),
      'CPU, level 6 ÷ off, ws': node.costRatio('level 6', 'off'),
      'bytes, level 1 ÷ off, gorilla': go.bytesRatio('level 1', 'off'),
      'memory of a connection after a burst, off, ws': await afterBurst(bed, 0, false),
      'the same, level 6, ws': await afterBurst(bed, 6, false),
      'the same, level 6 with takeover, ws': await afterBurst(bed, 6, true),
    };
  },
  judge: (figures) => {
    const [go, node] = [figures['CPU, level 1 ÷ off, gorilla'], figures['CPU, level 6 ÷ off, ws']];
    const wire = figures['bytes, level 1 ÷ off, gorilla'].value;
    if (wire > 0.95 || shownBelow(go, 1.05) || shownBelow(node, 1.05))
      return doesNotHold(
        `It leaves ${share(wire)} of the bytes, and costs ${go.value.toFixed(2)} and ${node.value.toFixed(2)} times the CPU.`,
      );
    const off = figures['memory of a connection after a burst, off, ws'].value;
    const [alone, takeover] = [
      figures['the same, level 6, ws'].value,
      figures['the same, level 6 with takeover, ws'].value,
    ];
    const cost = `It leaves ${share(wire)} of the bytes at ${go.value.toFixed(1)} (gorilla, level 1) and ${node.value.toFixed(1)} times (ws, level 6) the CPU.`;
    if (!shownAbove(go, 1.05) || !shownAbove(node, 1.05))
      return undecided(`More CPU was neither shown nor ruled out. ${cost}`);
    return Math.max(alone, takeover) > off * 3
      ? holdsIf(
          `You count memory as well: after a burst ${kib(alone)} a connection, ${kib(takeover)} with context takeover, and ${kib(off)} without compression. ${cost}`,
        )
      : holds(cost);
  },
});

const range = (of: readonly number[]): string =>
  `${Math.min(...of).toFixed(1)} to ${Math.max(...of).toFixed(1)} times`;
const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(0)} %`;
const share = (part: number): string => `${(part * 100).toFixed(0)} %`;
const kib = (value: number): string => `${Math.round(value / 1024)} KiB`;
