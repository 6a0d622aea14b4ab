import { claim, count, doesNotHold, holds, holdsIf } from '../claim.ts';

const CLIENTS = 50;

export const stubStatus = claim({
  id: 'stub-status',
  part: 'Monitoring',
  says: 'The module stub_status shows the number of active connections: “Active connections: 1”.',
  experiment: `The page as it is with no client, with ${CLIENTS} open WebSockets through Nginx, and after they have gone.`,
  measure: async (bed) => {
    const server = await bed.server('ws');
    const proxy = await bed.proxy([server]);
    // `stubStatus()` takes the request for the page out of its counts; here the page is what is asked about.
    const page = async () => {
      const { active, writing, waiting } = await proxy.stubStatus();
      return { active: active + 1, writing: writing + 1, waiting };
    };
    const before = await page();
    const peers = await bed.peers(CLIENTS, server, proxy);
    const during = await page();
    for (const peer of peers) peer.raw.destroy();
    let after = await page();
    for (let i = 0; i < 50 && after.active > before.active; i += 1) {
      await bed.sleep(20);
      after = await page();
    }
    return {
      'WebSockets open': count(CLIENTS),
      'Active connections on the page': count(during.active),
      Writing: count(during.writing),
      Waiting: count(during.waiting),
      'Active with no client at all': count(before.active),
      'Active after all have gone': count(after.active),
    };
  },
  judge: (figures) => {
    const open = figures['WebSockets open'].value;
    const own = figures['Active with no client at all'].value;
    const more = figures['Active connections on the page'].value - open;
    if (more === 0 && own === 0) return holds('The page counts the open WebSockets and nothing else.');
    if (more === own && figures['Active after all have gone'].value === own)
      return holdsIf(
        `You take ${own} off: the request for the page counts itself, so the article’s “1” is no client at all. WebSockets are in Writing and never in Waiting.`,
      );
    return doesNotHold(`The page was off by ${more - own} with ${open} open WebSockets.`);
  },
});
