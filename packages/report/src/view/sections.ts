import type { Report } from '@ws-arena/results/report-file';
import { differencesSection, environmentSection, problemsSection } from './about-sections.ts';
import { figuresSection } from './case-tables.ts';
import { conformanceSection } from './conformance-table.ts';
import { factsSection } from './facts-section.ts';
import { ladderSection } from './ladder-tables.ts';
import { answerSection } from './needs-table.ts';
import { neighbourSection } from './neighbour-tables.ts';
import { proxySection } from './proxy-tables.ts';
import { upstreamSection } from './upstream-tables.ts';
import { variantsSection } from './variant-tables.ts';
import type { Section } from './view.ts';

/**
 * Every section of a report, in the order of the terminal, the Markdown and the page. To add one: a file beside this with
 * a function from the report to its `Section`, and a line here. One without paragraphs, tables and list is not printed.
 */
export const sections: readonly ((report: Report) => Section)[] = [
  answerSection,
  problemsSection,
  ladderSection,
  figuresSection,
  proxySection,
  variantsSection,
  neighbourSection,
  upstreamSection,
  conformanceSection,
  differencesSection,
  factsSection,
  environmentSection,
];
