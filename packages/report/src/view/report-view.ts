import type { Report } from '@ws-arena/results/report-file';
import { differencesSection, environmentSection, problemsSection } from './about-sections.ts';
import { figuresSection } from './case-tables.ts';
import { conformanceSection } from './conformance-table.ts';
import { count } from './labels.ts';
import { ladderSection } from './ladder-tables.ts';
import { answerSection } from './needs-table.ts';
import { proxySection } from './proxy-tables.ts';
import { variantsSection } from './variant-tables.ts';
import type { View } from './view.ts';

/** Everything that the printers show of a report, worded once; the answer first. */
export function reportView(report: Report): View {
  const { preset, startedAt, environment: e, banner, measured } = report;
  const sections = [
    answerSection(report),
    problemsSection(report),
    ladderSection(report),
    figuresSection(report),
    proxySection(report),
    variantsSection(report),
    conformanceSection(report),
    differencesSection(report),
    environmentSection(report),
  ];
  return {
    title: `WebSocket libraries compared: preset ${preset}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    about: `${e.cpuModel}, ${e.cores} cores, ${e.os}, Node.js ${e.node}; ${count(measured.slices, 'slice')}`,
    banner,
    sections: sections.filter(
      ({ paragraphs, tables, list }) => paragraphs.length + tables.length + list.length > 0,
    ),
  };
}
