import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginxBinary } from '@ws-arena/infra/nginx-binary';
import { renderArticleHtml } from '@ws-arena/report/article/article-html';
import { articleMarkdown } from '@ws-arena/report/article/article-markdown';
import { articleTerminal } from '@ws-arena/report/article/article-terminal';
import { ARTICLE_SCHEMA_VERSION, type ArticleFile, type TriedClaim } from '@ws-arena/results/article-file';
import type { Command } from '../commands/command.ts';
import { benchConfig } from '../plan/bench-config.ts';
import { parseOwnOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { SharedBed } from '../processes/test-bed.ts';
import { commandLine } from '../store/command-line.ts';
import { environment } from '../store/environment.ts';
import { RunFolder } from '../store/run-folder.ts';
import { terminalOptions } from '../terminal-options.ts';
import { claims } from './claims.ts';
import { tryClaims } from './try-claims.ts';

/** `pnpm bench article`: every claim of the article, an experiment for it, and a verdict made from its figures. */
export const articleCommand: Command = {
  name: 'article',
  usage: 'article [--claims LIST] [--out DIR | --resume DIR]',
  about: `test the article's ${claims.length} claims, each by an experiment; an unknown name in LIST prints them all`,
  run: async (argv, interrupted) => {
    const { claims: names, out, resume } = parseOwnOptions(argv, ['claims', 'out', 'resume']);
    if (out !== undefined && resume !== undefined)
      throw new UsageError('--resume writes to the folder that it names; remove --out');
    const before = resume === undefined ? undefined : earlier(resume);
    const chosen = chosenClaims(names, before?.claims ?? []);
    const folder = RunFolder.create(resume ?? out, new Date(), 'article');
    const shared = new SharedBed(interrupted);
    const made = before ?? (await begun(argv, shared));
    const [tookMs, startedMs] = [made.tookMs, performance.now()];
    const tried = new Map<string, TriedClaim>(made.claims.map((claim) => [claim.id, claim]));
    const article = (): ArticleFile => ({
      ...made,
      tookMs: tookMs + performance.now() - startedMs,
      versions: [...new Set([...made.versions, ...shared.versions])],
      claims: claims.flatMap(({ id }) => tried.get(id) ?? []),
    });
    try {
      await tryClaims(chosen, shared, (claim) => {
        tried.set(claim.id, claim);
        process.stderr.write(`${claim.outcome}: ${claim.id}\n`);
        // After each claim: an interrupted run keeps what it has.
        keep(folder, article());
      });
    } catch (error) {
      if (!interrupted.aborted || tried.size === 0) throw error;
      process.stderr.write(`interrupted; go on with: pnpm bench article --resume ${folder.path}\n`);
    }
    process.stdout.write(articleTerminal(article(), terminalOptions()));
    process.stderr.write(`${folder.path}/article.html\n`);
    return article().claims.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
  },
};

/** A run without a claim yet. */
async function begun(argv: readonly string[], shared: SharedBed): Promise<ArticleFile> {
  const nginx = await nginxBinary().then(
    ({ version }) => ({ nginx: version }),
    () => ({}),
  );
  return {
    schemaVersion: ARTICLE_SCHEMA_VERSION,
    command: commandLine('pnpm bench article', argv),
    startedAt: new Date().toISOString(),
    tookMs: 0,
    environment: await environment(benchConfig({}), shared.pins, nginx),
    versions: [],
    claims: [],
  };
}

/** @throws UsageError when there is no run of this command in `dir`. */
function earlier(dir: string): ArticleFile {
  const file = join(dir, 'article.json');
  if (!existsSync(file)) throw new UsageError(`--resume is ${dir}, which holds no article.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as ArticleFile;
}

function keep(folder: RunFolder, article: ArticleFile): void {
  folder.write('article.json', `${JSON.stringify(article, null, 1)}\n`);
  folder.write('article.md', articleMarkdown(article));
  folder.write('article.html', renderArticleHtml(article));
}

/** Those named, or all that have no verdict yet. @throws UsageError for a name that no claim has. */
function chosenClaims(names: string | undefined, tried: readonly TriedClaim[]): typeof claims {
  const judged = tried.filter(({ outcome }) => /hold/.test(outcome)).map(({ id }) => id);
  if (names === undefined) return claims.filter(({ id }) => !judged.includes(id));
  const wanted = names.split(',');
  const unknown = wanted.find((name) => !claims.some(({ id }) => id === name));
  if (unknown !== undefined)
    throw new UsageError(
      `--claims names "${unknown}"; allowed: ${claims.map(({ id }) => id).join(', ')}, comma-separated`,
    );
  return claims.filter(({ id }) => wanted.includes(id));
}
