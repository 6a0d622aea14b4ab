import { join } from 'node:path';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { FACTS_CHECKED, libraryFacts } from '@ws-arena/report/view/facts';
import { scaled } from '@ws-arena/report/view/scale';
import { UsageError } from '../plan/usage-error.ts';
import type { Command } from './command.ts';
import { goFacts, npmFacts, type RegistryFacts } from './registry-facts.ts';

/** Where each library of the facts is registered. */
const asked: Readonly<Record<string, () => Promise<RegistryFacts>>> = {
  ws: () => npmFacts('ws', 'ws', join(repoRoot, 'apps/ws-server/node_modules/ws')),
  uws: () =>
    npmFacts('uWebSockets.js', 'uws-pack', join(repoRoot, 'apps/uws-server/node_modules/uWebSockets.js')),
  socketio: () =>
    npmFacts('socket.io', 'socket.io', join(repoRoot, 'apps/socketio-server/node_modules/socket.io')),
  gorilla: () => goFacts('github.com/gorilla/websocket'),
  coder: () => goFacts('github.com/coder/websocket'),
  gobwas: () => goFacts('github.com/gobwas/ws'),
};

/** `pnpm bench facts`: what the registries say today beside what the page says. */
export const factsCommand: Command = {
  name: 'facts',
  usage: 'facts',
  about: 'ask the registries for version, release, downloads, size, scripts and binaries of each library',
  run: async (argv) => {
    if (argv.length > 0) throw new UsageError(`facts takes no words, and got "${argv.join(' ')}"`);
    process.stdout.write(`The table of facts was checked on ${FACTS_CHECKED}.\n\n`);
    const answers = await Promise.all(libraryFacts.map(({ target }) => asked[target]!()));
    for (const [i, { facts }] of libraryFacts.entries())
      process.stdout.write(`${text(answers[i]!, facts.maintenance.text)}\n`);
    return answers.every(({ error }) => error !== undefined) ? 1 : 0;
  },
};

function text(found: RegistryFacts, said: string): string {
  const {
    library,
    installed,
    newest,
    released,
    licence,
    weeklyDownloads,
    installBytes,
    installScripts,
    binaries,
    error,
  } = found;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['the table says', said],
    ['installed', installed],
    ['newest', newest === undefined ? undefined : `${newest}${released ? ` of ${released}` : ''}`],
    ['licence', licence],
    [
      'weekly downloads',
      newest === undefined || installed === undefined
        ? undefined
        : (weeklyDownloads?.toLocaleString('en-US') ?? 'unknown: api.npmjs.org cannot be reached'),
    ],
    ['size', installBytes === undefined ? undefined : scaled(installBytes, 'B')],
    ['install scripts', installScripts],
    ['native binaries', binaries === undefined ? undefined : binaries.join('; ') || 'none'],
    ['not asked', error],
  ];
  const shown = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(17)} ${value}\n`],
  );
  return `${library}\n${shown.join('')}`;
}
