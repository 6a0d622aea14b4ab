import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { articleMarkdown } from '@ws-arena/report/article/article-markdown';
import { compareRuns } from '@ws-arena/report/compare-runs';
import { generatorsMarkdown } from '@ws-arena/report/generators-markdown';
import { printMarkdown } from '@ws-arena/report/markdown';
import { replaceReadmeTable } from '@ws-arena/report/readme-table';
import { summarize } from '@ws-arena/report/summarize';
import { printTerminal } from '@ws-arena/report/terminal';
import { comparisonView } from '@ws-arena/report/view/comparison-view';
import type { ArticleFile } from '@ws-arena/results/article-file';
import type { GeneratorsFile } from '@ws-arena/results/generators-file';
import { benchConfig } from '../plan/bench-config.ts';
import { parseOptions } from '../plan/options.ts';
import { UsageError } from '../plan/usage-error.ts';
import { RunFolder } from '../store/run-folder.ts';
import { terminalOptions } from '../terminal-options.ts';
import type { Command } from './command.ts';
import { failOn } from './fail-on.ts';

/** The run whose table stands in README.md. */
export const REFERENCE_RUN = 'docs/reference';

/** `pnpm bench compare A B`: two machines, two versions, before and after. */
export const compareCommand: Command = {
  name: 'compare',
  usage:
    'compare RUN_A RUN_B [--markdown | --json] [--fail-on worse,undecided,missing] [--min-change PERCENT]',
  about: 'compare two runs, figure by figure, with a test for each difference',
  run: async (argv) => {
    const { values, positionals } = wordsOf(argv);
    const [a, b, ...rest] = positionals;
    if (a === undefined || b === undefined || rest.length > 0) {
      throw new UsageError(`compare takes two run folders, and got ${positionals.length}`);
    }
    const exitCode = failOn(values['fail-on']);
    const percent = Number(values['min-change'] ?? 0);
    if (!(percent >= 0))
      throw new UsageError(`--min-change is "${values['min-change']}"; allowed: a percentage from 0`);
    const [before, after] = [a, b].map((dir) => summarize(RunFolder.open(dir).read()));
    const comparison = compareRuns(before!, after!, { minChange: percent / 100 });
    const view = comparisonView(comparison);
    const text = values.json
      ? `${JSON.stringify(comparison, null, 1)}\n`
      : values.markdown
        ? printMarkdown(view)
        : printTerminal(view, terminalOptions());
    process.stdout.write(text);
    const { counts } = comparison;
    const code = exitCode(counts);
    const decided = counts.better + counts.worse + counts.equal;
    if (code !== 0 || decided > 0 || values['fail-on'] === undefined) return code;
    process.stderr.write(
      `nothing was decided: ${counts.undecided} figures are undecided, and ${counts.missing} cases are gone\n`,
    );
    return 1;
  },
};

function wordsOf(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        markdown: { type: 'boolean' },
        json: { type: 'boolean' },
        'fail-on': { type: 'string' },
        'min-change': { type: 'string' },
      },
    });
  } catch (cause) {
    const [sentence] = (cause as Error).message.split('. To ');
    throw new UsageError(`${sentence}; the options are --markdown, --json, --fail-on, --min-change`, {
      cause,
    });
  }
}

/** `pnpm bench report RUN`: makes the reports of a run again. */
export const reportCommand: Command = {
  name: 'report',
  usage: 'report RUN',
  about: 'write the reports of a run again, from its run.jsonl',
  run: async (argv) => {
    const [dir, ...rest] = argv;
    if (dir === undefined || rest.length > 0)
      throw new UsageError(`report takes one run folder, and got ${argv.length}`);
    const folder = RunFolder.open(dir);
    const { baseline } = benchConfig(parseOptions(folder.read().header.argv));
    const { writeReports } = await import('../store/write-reports.ts');
    const { problems } = writeReports(folder, baseline);
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    process.stdout.write(`${join(folder.path, 'report.html')}\n`);
    return 0;
  },
};

/** The documents that hold the result table of the reference run. */
export const documents = ['README.md', 'docs/choosing.md'] as const;

/** A document's text, and what it is with the table of the committed reference run in it. */
export function withResults(document: (typeof documents)[number]): {
  readonly before: string;
  readonly after: string;
} {
  const report = summarize(RunFolder.open(join(repoRoot, REFERENCE_RUN)).read());
  const before = readFileSync(join(repoRoot, document), 'utf8');
  return {
    before,
    after: replaceReadmeTable(before, report, document === 'README.md' ? 'questions' : 'needs'),
  };
}

/** The document of the article's claims, and the committed run that it is made from. */
const ARTICLE = { document: 'docs/article.md', run: `${REFERENCE_RUN}/article.json` } as const;

/** `docs/article.md`, and what it is when it is made from its run. */
export function articleDocument(): { readonly before: string; readonly after: string } {
  const run = JSON.parse(readFileSync(join(repoRoot, ARTICLE.run), 'utf8')) as ArticleFile;
  return { before: readFileSync(join(repoRoot, ARTICLE.document), 'utf8'), after: articleMarkdown(run) };
}

/** The document of the generators, and the committed run that it is made from. */
const GENERATORS = { document: 'docs/generators.md', run: `${REFERENCE_RUN}/generators.json` } as const;

/** `docs/generators.md`, and what it is when it is made from its run. */
export function generatorsDocument(): { readonly before: string; readonly after: string } {
  const run = JSON.parse(readFileSync(join(repoRoot, GENERATORS.run), 'utf8')) as GeneratorsFile;
  return {
    before: readFileSync(join(repoRoot, GENERATORS.document), 'utf8'),
    after: generatorsMarkdown(run),
  };
}

/** `pnpm bench readme`: what stands in documents and comes from committed runs. */
export const readmeCommand: Command = {
  name: 'readme',
  usage: 'readme',
  about: `write the result tables of ${documents.join(', ')}, ${ARTICLE.document} and ${GENERATORS.document} from ${REFERENCE_RUN}`,
  run: async () => {
    for (const document of documents) writeFileSync(join(repoRoot, document), withResults(document).after);
    writeFileSync(join(repoRoot, ARTICLE.document), articleDocument().after);
    writeFileSync(join(repoRoot, GENERATORS.document), generatorsDocument().after);
    return 0;
  },
};
