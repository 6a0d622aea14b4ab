import type { RunningServer } from '@ws-arena/contract/running-server';
import { Peer } from '@ws-arena/contract/suite/peer';
import type { RunningProxy } from '@ws-arena/infra/running-proxy';
import { behind, type TestBed } from '../../processes/test-bed.ts';
import { claim, code, doesNotHold, holds, holdsIf, shownAbove, shownBelow, undecided } from '../claim.ts';
import { openLoop, takeTurns } from '../lanes.ts';

/** What an upgrade request through `proxy` is answered with. */
async function upgradeStatus(server: RunningServer, proxy: RunningProxy, path?: string): Promise<number> {
  const at = behind(server, proxy);
  const peer = await Peer.knock(path === undefined ? at : { ...at, url: `${proxy.httpUrl}${path}` });
  peer.raw.destroy();
  return peer.raw.head?.status ?? 0;
}

type Headers = 'with the lines' | 'without Upgrade' | 'without Connection' | 'without proxy_http_version 1.1';

export const upgradeHeaders = claim({
  id: 'upgrade-headers',
  part: 'Nginx: upgrade and buffering',
  says: 'For Nginx to understand WebSocket, it must be told to pass the headers Upgrade and Connection on.',
  experiment: 'The article’s location with each of its lines and without it: what an upgrade request gets.',
  measure: async (bed) => {
    const server = await bed.server('ws');
    const without = async (line: RegExp) =>
      code(
        await upgradeStatus(
          server,
          await bed.proxy([server], { rewrite: (text) => text.replaceAll(line, '') }),
        ),
      );
    return {
      'with the lines': code(await upgradeStatus(server, await bed.proxy([server]))),
      'without Upgrade': await without(/proxy_set_header Upgrade .*/g),
      'without Connection': await without(/proxy_set_header Connection \$.*/g),
      'without proxy_http_version 1.1': await without(/proxy_http_version 1\.1;/g),
    };
  },
  judge: (figures) => {
    const works = (name: Headers) => figures[name].value === 101;
    const needed = (['without Upgrade', 'without Connection'] as const).filter((name) => !works(name));
    if (!works('with the lines')) return doesNotHold('With the lines there is no 101 either.');
    const version = works('without proxy_http_version 1.1')
      ? ' This server takes an upgrade by HTTP/1.0 as well, so proxy_http_version did not matter.'
      : ' proxy_http_version 1.1 is needed too.';
    if (needed.length === 2) return holds(`Without either of them there is no 101.${version}`);
    return needed.length === 1
      ? holdsIf(`You mean one of them: there is no 101 ${needed[0]}.${version}`)
      : doesNotHold(`There is a 101 without them.${version}`);
  },
});

export const locationSlash = claim({
  id: 'location-slash',
  part: 'Nginx: upgrade and buffering',
  says: '`location /ws-notifications/ {…}` and then `wscat -c wss://localhost/ws-notifications`.',
  experiment:
    'The article’s location with its slash before a server whose path has none: what an upgrade request gets.',
  measure: async (bed) => {
    const server = await bed.server('ws');
    const proxy = await bed.proxy([server], {
      rewrite: (text) => text.replace('location /ws-notifications {', 'location /ws-notifications/ {'),
    });
    return {
      'the article’s own call, without the slash': code(
        await upgradeStatus(server, proxy, '/ws-notifications'),
      ),
      'with the slash': code(await upgradeStatus(server, proxy, '/ws-notifications/')),
    };
  },
  judge: (figures) => {
    const [bare, slash] = [
      figures['the article’s own call, without the slash'].value,
      figures['with the slash'].value,
    ];
    if (bare === 101) return holds('The call is upgraded.');
    return {
      verdict: slash === 101 ? 'holds if' : 'does not hold',
      because:
        slash === 101
          ? `The client must call the path with the slash too: without it Nginx answers ${bare}.`
          : `Nginx answers ${bare} to the path without the slash, which WebSocket clients do not follow, and the server ${slash} to the path with it. A location without a slash takes both.`,
    };
  },
});

const buffered = async (bed: TestBed) => {
  const server = await bed.server('ws');
  const on = { rewrite: (text: string) => text.replace('proxy_buffering off;', 'proxy_buffering on;') };
  return takeTurns(
    bed,
    [
      { name: 'off', server, proxy: await bed.proxy([server]) },
      { name: 'on', server, proxy: await bed.proxy([server], on) },
    ],
    { session: { connections: 50 }, load: openLoop(3000), blocks: 40 },
  );
};

export const buffering = claim({
  id: 'buffering',
  part: 'Nginx: upgrade and buffering',
  says: 'proxy_buffering off is the most important setting for WebSocket: with buffering on, Nginx gathers data before it sends them, and the delays are huge.',
  experiment:
    'Two Nginx before one server, which differ in proxy_buffering alone: 64 B messages, 3,000 a second over 50 connections, slices in turns.',
  measure: async (bed) => {
    const { on, off } = await buffered(bed);
    return {
      'CPU of server and Nginx per message, off': off.cost(),
      'the same, on': on.cost(),
      'on ÷ off': on.costRatio(off),
      'p99, off': off.latency(0.99),
      'p99, on': on.latency(0.99),
      'p99, on ÷ off': on.latencyRatio(off, 0.99),
      'p50, on ÷ off': on.latencyRatio(off, 0.5),
    };
  },
  judge: (figures) => {
    const middle = figures['p50, on ÷ off'];
    if (shownAbove(middle, 2)) return holds('Messages wait in Nginx with buffering on.');
    if (shownAbove(middle, 1.05))
      return holdsIf(
        'You mean a difference, and not huge delays: p50 with buffering on was shown to be higher.',
      );
    return shownBelow(middle, 2)
      ? doesNotHold(
          'After the 101 Nginx does not look at this setting: no message waits for a full buffer. It matters for long-polling alone.',
        )
      : undecided('A p50 of twice as much was neither shown nor ruled out.');
  },
});
