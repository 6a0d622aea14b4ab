import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { siteFiles } from '@ws-arena/report/site/site';
import { summarize } from '@ws-arena/report/summarize';
import { parseOwnOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { RunFolder } from '../store/run-folder.ts';
import type { Command } from './command.ts';
import { REFERENCE_RUN } from './report-commands.ts';

/** The mark of a folder that this command made, and may empty. */
const MARK = '.ws-arena-site';

/** `pnpm site`: static pages from the committed runs and documents. */
export const siteCommand: Command = {
  name: 'site',
  usage: 'site [--out DIR] [--repository URL]',
  about:
    'write static pages to DIR (default: site) from committed runs and docs; links to other files lead to URL',
  run: async (argv) => {
    const { out = 'site', repository } = parseOwnOptions(argv, ['out', 'repository']);
    const folder = resolve(out);
    if (existsSync(folder) && !existsSync(join(folder, MARK)))
      throw new UsageError(
        `--out is ${folder}, which exists and was not made by this command; name another folder`,
      );
    rmSync(folder, { recursive: true, force: true });
    const sources = [join(repoRoot, REFERENCE_RUN), ...globSync(join(repoRoot, 'docs/runs/*/'))].filter(
      (path) => existsSync(join(path, 'run.jsonl')),
    );
    const runs = sources.map((path, i) => ({
      path,
      folder: i === 0 ? basename(path) : `runs/${basename(path)}`,
      report: summarize(RunFolder.open(path).read()),
    }));
    const documents = globSync('docs/{*,upstream/*,runs/README}.md', { cwd: repoRoot })
      .sort()
      .map((path) => ({
        path,
        text: readFileSync(join(repoRoot, path), 'utf8'),
      }));
    const files = siteFiles({ runs, documents, ...(repository !== undefined && { repository }) });
    for (const [path, text] of [...files, [MARK, ''] as const]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    for (const run of runs) copyFileSync(join(run.path, 'run.jsonl'), join(folder, run.folder, 'run.jsonl'));
    process.stdout.write(`${join(folder, 'index.html')}\n`);
    return 0;
  },
};
