import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectCache, projectRoot } from '../project-cache.ts';
import { infraText } from './deployment-files.ts';

/** The reference loader of the Compose Specification, the one inside docker compose. */
const LOADER = 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2';

const at = { cwd: projectRoot, encoding: 'utf8' } as const;

/** Reads compose.yaml, and files that change it, as Docker would; what it says, and whether it took it. */
export type ComposeLoader = (
  env: Readonly<Record<string, string>>,
  ...changes: readonly string[]
) => { ok: boolean; output: string };

/** A proxy that does not answer is one that is not there. */
const FETCH_TIMEOUT_MS = 120_000;

/** `docker compose config` where the plugin is, else its loader built by Go; undefined, with the reason printed, without both. */
export const composeLoader: ComposeLoader | undefined = find();

function find(): ComposeLoader | undefined {
  if (spawnSync('docker', ['compose', 'version']).status === 0) {
    return (env, ...changes) => {
      const files = ['compose.yaml', ...changes].flatMap((name) => ['-f', `infra/${name}`]);
      const args = ['compose', ...files, '--profile', '*', 'config'];
      return said(spawnSync('docker', args, { ...at, env: { ...process.env, ...env } }));
    };
  }
  const folder = join(projectCache, 'compose-go-2.16.2');
  if (!existsSync(join(folder, 'cmd'))) {
    const env = { ...process.env, GOBIN: folder };
    const built = spawnSync('go', ['install', LOADER], { env, encoding: 'utf8', timeout: FETCH_TIMEOUT_MS });
    if (built.status !== 0) {
      const why = built.error?.message ?? built.stderr.trim().split('\n').at(-1);
      console.warn(
        `skipped: compose.yaml against its schema: docker has no compose plugin here, and go install ${LOADER}: ${why}`,
      );
      return undefined;
    }
  }
  return (env, ...changes) => {
    // This loader does not look at the environment, so the text is given as Docker would see it.
    const given = (text: string) =>
      text.replace(/\$\{(\w+):?-([^}]*)\}/g, (_, name: string, fallback: string) => env[name] ?? fallback);
    const work = mkdtempSync(join(tmpdir(), 'ws-arena-'));
    try {
      const files = ['compose.yaml', ...changes].map((name) => {
        writeFileSync(join(work, name), given(infraText(name)));
        return join(work, name);
      });
      return said(spawnSync(join(folder, 'cmd'), files, at));
    } finally {
      rmSync(work, { recursive: true });
    }
  };
}

function said(child: SpawnSyncReturns<string>): { ok: boolean; output: string } {
  return { ok: child.status === 0, output: child.status === 0 ? child.stdout : child.stderr };
}
