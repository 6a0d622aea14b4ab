import type { Report } from '@ws-arena/results/report-file';
import { found } from './found.ts';
import { count } from './labels.ts';
import { sections } from './sections.ts';
import type { View } from './view.ts';

/** Everything that the printers show of a report, worded once; the answer first. */
export function reportView(report: Report): View {
  const { preset, startedAt, environment: e, banner, measured } = report;
  return {
    title: `WebSocket libraries compared: preset ${preset}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    about: `${e.cpuModel}, ${e.cores} cores, ${e.os}, Node.js ${e.node}; ${count(measured.slices, 'slice')}`,
    banner,
    found: found(report),
    sections: sections
      .map((section) => section(report))
      .filter(({ paragraphs, tables, list }) => paragraphs.length + tables.length + list.length > 0),
  };
}
