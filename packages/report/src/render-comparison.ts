import type { RunComparison } from './compare-runs.ts';
import { printMarkdown } from './markdown.ts';
import { printTerminal, type TerminalOptions } from './terminal.ts';
import { comparisonView } from './view/comparison-view.ts';

/** The comparison of two runs as Markdown, e.g. for a pull request. */
export function renderComparisonMarkdown(comparison: RunComparison): string {
  return printMarkdown(comparisonView(comparison));
}

/** The comparison of two runs for a terminal, within 80 columns. */
export function renderComparisonTerminal(comparison: RunComparison, options: TerminalOptions): string {
  return printTerminal(comparisonView(comparison), options);
}
