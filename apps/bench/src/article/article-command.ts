import { nginxBinary } from '@ws-arena/infra/nginx-binary';
import { renderArticleHtml } from '@ws-arena/report/article/article-html';
import { articleMarkdown } from '@ws-arena/report/article/article-markdown';
import { articleTerminal } from '@ws-arena/report/article/article-terminal';
import { ARTICLE_SCHEMA_VERSION, type ArticleFile, type TriedClaim } from '@ws-arena/results/article-file';
import type { Command } from '../commands/command.ts';
import { benchConfig } from '../plan/bench-config.ts';
import { parseOwnOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { environment } from '../store/environment.ts';
import { RunFolder } from '../store/run-folder.ts';
import { terminalOptions } from '../terminal-options.ts';
import { claims } from './claims.ts';
import { SharedBed } from './test-bed.ts';
import { tryClaims } from './try-claims.ts';

/** `pnpm bench article`: every claim of the article, an experiment for it, and a verdict made from its figures. */
export const articleCommand: Command = {
  name: 'article',
  usage: 'article [--claims LIST] [--out DIR]',
  about: `the article's claims, each put to an experiment: ${claims.map(({ id }) => id).join(', ')}`,
  run: async (argv, interrupted) => {
    const { claims: names, out } = parseOwnOptions(argv, ['claims', 'out']);
    const chosen = chosenClaims(names);
    const folder = RunFolder.create(out, new Date(), 'article');
    const shared = new SharedBed(interrupted);
    const [startedAt, startedMs] = [new Date().toISOString(), performance.now()];
    const nginx = await nginxBinary().then(
      ({ version }) => ({ nginx: version }),
      () => ({}),
    );
    const made = {
      schemaVersion: ARTICLE_SCHEMA_VERSION,
      command: ['pnpm bench article', ...argv].join(' '),
      startedAt,
      environment: await environment(benchConfig({}), shared.pins, nginx),
    } as const;
    const tried = new Map<string, TriedClaim>();
    const article = (): ArticleFile => ({
      ...made,
      tookMs: performance.now() - startedMs,
      versions: [...shared.versions],
      claims: claims.flatMap(({ id }) => tried.get(id) ?? []),
    });
    const options = terminalOptions();
    try {
      await tryClaims(chosen, shared, (claim) => {
        tried.set(claim.id, claim);
        process.stderr.write(`${claim.outcome}: ${claim.id}\n`);
        // After each claim: an interrupted run keeps what it has.
        keep(folder, article());
      });
    } catch (error) {
      if (!interrupted.aborted || tried.size === 0) throw error;
      process.stderr.write(`interrupted after ${tried.size} of ${chosen.length} claims\n`);
    }
    process.stdout.write(articleTerminal(article(), options));
    process.stderr.write(`${folder.path}/article.html\n`);
    return article().claims.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
  },
};

function keep(folder: RunFolder, article: ArticleFile): void {
  folder.write('article.json', `${JSON.stringify(article, null, 1)}\n`);
  folder.write('article.md', articleMarkdown(article));
  folder.write('article.html', renderArticleHtml(article));
}

/** @throws UsageError for a name that no claim has. */
function chosenClaims(names: string | undefined): typeof claims {
  if (names === undefined) return claims;
  const wanted = names.split(',');
  const unknown = wanted.find((name) => !claims.some(({ id }) => id === name));
  if (unknown !== undefined)
    throw new UsageError(
      `--claims names "${unknown}"; allowed: ${claims.map(({ id }) => id).join(', ')}, comma-separated`,
    );
  return claims.filter(({ id }) => wanted.includes(id));
}
