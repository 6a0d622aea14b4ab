import type { Report, Variant, VariantFigure } from '@ws-arena/results/report-file';
import { metricHead, metricNamed, metricTitle } from '../metrics.ts';
import { plainRoute, variantMetrics } from '../variants.ts';
import { caseText } from './labels.ts';
import { percent, scaled, scaledCenter, spread } from './scale.ts';
import { factorText, limiterText, verdictText } from './verdict-text.ts';
import type { Column, Section, Table, Text } from './view.ts';

/** The figures that the article's choice rests on. */
const argued: readonly string[] = ['load', 'connect', 'hold'];

/** Four ways to check tokens behind Nginx, each against plain Nginx, and what that says of the article's choice. */
export function variantsSection({ variants }: Report): Section {
  const targets = [...new Set(variants.map(({ target }) => target))];
  return {
    id: 'variants',
    title: 'Who checks the tokens',
    hint: 'four ways to check them behind Nginx, each against plain Nginx',
    brief: true,
    paragraphs: variants.length === 0 ? [] : [HOW_TO_READ, overall(variants)],
    tables: targets.flatMap((target) => tablesOf(variants.filter((one) => one.target === target))),
    list: claims(variants).map(({ sentence }) => sentence),
  };
}

const HOW_TO_READ =
  'Every client brings a token. Through plain Nginx the server checks it; on the other routes Nginx does. A ratio compares with plain Nginx, block by block. CPU and memory are those of server, proxy and auth service together. A small issuer in the bench stands for Keycloak; its CPU is not counted. For revoked and expired tokens the table says how long a client was still admitted, and how long an open connection still got messages.';

function tablesOf(variants: readonly Variant[]): Table[] {
  const [{ target }] = variants as [Variant];
  const costs = variantMetrics.filter(({ scenario }) => argued.includes(scenario));
  const tokens = variantMetrics.filter(({ scenario }) => !argued.includes(scenario));
  return [
    figuresTable(`${target}: what it costs`, variants, costs, []),
    figuresTable(`${target}: tokens and configuration`, variants, tokens, partColumns),
  ].filter(({ columns, rows }) => columns.length > 0 && rows.length > 0);
}

interface PartColumn extends Column {
  readonly text: (parts: NonNullable<Variant['parts']>) => string;
}

const partColumns: readonly PartColumn[] = [
  { title: 'lines of nginx.conf', text: ({ configLines }) => String(configLines) },
  { title: 'lines of code', text: ({ codeLines }) => String(codeLines) },
  { title: 'modules', text: ({ modules }) => modules.join(', ') || 'none' },
];

function figuresTable(
  title: string,
  variants: readonly Variant[],
  metrics: typeof variantMetrics,
  parts: readonly PartColumn[],
): Table {
  const present = metrics.filter(({ scenario, metric }) =>
    variants.some((one) => figureOf(one, scenario, metric)),
  );
  const rows = variants.filter(
    (one) => present.some(({ scenario, metric }) => figureOf(one, scenario, metric)) || parts.length > 0,
  );
  const loads = new Set(
    present.map(({ scenario, metric }) => {
      const { tokens: _tokens, cache: _cache, ...params } = firstOf(variants, scenario, metric).params;
      return caseText({ scenario, route: plainRoute, params });
    }),
  );
  const withParts = rows.some((one) => one.parts) ? parts : [];
  return {
    title: `${title} (${[...loads].join('; ')})`,
    corner: 'tokens are checked by',
    columns: [...present.map(({ scenario, metric }) => columnHead(scenario, metric)), ...withParts],
    rows: rows.map((one) => ({
      head: variantTitle(one),
      cells: [
        ...present.map(({ scenario, metric }) => figureText(figureOf(one, scenario, metric))),
        ...withParts.map(({ text }): Text => (one.parts ? { text: text(one.parts) } : NONE)),
      ],
    })),
    narrow: 'split',
  };
}

const NONE: Text = { text: '–', tone: 'none' };

/** A latency needs to say of what. */
function columnHead(scenario: VariantFigure['scenario'], metric: string): Column {
  const { title, detail } = metricHead(metric, scenario);
  if (detail || !/^p\d/.test(title)) return { title, ...(detail && { detail }) };
  return { title, detail: scenario === 'connect' ? 'of a handshake' : 'of a message' };
}

function figureOf(
  { figures }: Variant,
  scenario: VariantFigure['scenario'],
  metric: string,
): VariantFigure | undefined {
  return figures.find((one) => one.scenario === scenario && one.metric === metric);
}

function firstOf(variants: readonly Variant[], scenario: VariantFigure['scenario'], metric: string) {
  return variants.flatMap((one) => figureOf(one, scenario, metric) ?? [])[0]!;
}

function figureText(figure: VariantFigure | undefined): Text {
  if (!figure) return NONE;
  const { metric, unit, estimate, limiter, finding } = figure;
  if (metricNamed(metric)?.fraction) return { text: percent(estimate.center) };
  const text = scaledCenter({ estimate, unit, limiter });
  if (figure.scenario === 'tokens')
    return { text, ...(limiter && unit === '1/s' && { detail: limiterText(limiter) }) };
  const verdict = finding && verdictText(finding);
  return {
    text,
    spread: spread(estimate),
    ...(verdict && { detail: `${added(figure)}${verdict.text}` }),
    ...(verdict?.tone && { tone: verdict.tone }),
    ...(verdict?.title && { title: verdict.title }),
  };
}

/** Of a latency that differs, by how much: `+0.4 ms, `. */
function added({ metric, unit, estimate, finding }: VariantFigure): string {
  if (!finding || !/^p\d/.test(metric) || finding.verdict === 'equal' || finding.verdict === 'undecided')
    return '';
  const more = estimate.center - estimate.center / finding.ratio.center;
  return `${more < 0 ? '−' : '+'}${scaled(Math.abs(more), unit)}, `;
}

/** What checks, in a few words. */
export function variantTitle({ route, tokens, cache }: Omit<Variant, 'figures' | 'target'>): string {
  if (route === plainRoute) return 'the server (plain Nginx)';
  if (route !== 'nginx-auth') return route;
  return [route, tokens, ...(cache === 'off' ? ['not cached'] : [])].join(', ');
}

/** What a run says of one figure of the article's choice. */
interface Claim {
  readonly verdict: 'holds' | 'does not hold' | 'undecided';
  readonly title: string;
  readonly sentence: string;
}

/** The article's choice in each figure that was compared: it holds where no other way is better, and all were decided. */
function claims(variants: readonly Variant[]): Claim[] {
  const several = new Set(variants.map(({ target }) => target)).size > 1;
  return variantMetrics
    .filter(({ scenario }) => argued.includes(scenario))
    .flatMap(({ scenario, metric }) => {
      const findings = variants.flatMap((one) => {
        const finding = figureOf(one, scenario, metric)?.finding;
        const name = `${variantTitle(one)}${several ? ` before ${one.target}` : ''}`;
        return finding ? [{ name, ...finding }] : [];
      });
      if (findings.length === 0) return [];
      const better = findings.filter(({ verdict }) => verdict === 'better');
      const open = findings.filter(({ verdict }) => verdict === 'undecided');
      const title = titleOf(scenario, metric);
      const names = (ones: typeof findings, more = true) =>
        ones.map(({ name, ratio }) => (more ? `${name} (${factorText(ratio.center)})` : name)).join(', ');
      if (better.length > 0)
        return {
          verdict: 'does not hold',
          title,
          sentence: `${title}: does not hold. Better: ${names(better)}.`,
        };
      if (open.length > 0)
        return { verdict: 'undecided', title, sentence: `${title}: undecided for ${names(open, false)}.` };
      const worse = findings.filter(({ verdict }) => verdict === 'worse');
      const sentence = worse.length > 0 ? `Worse: ${names(worse)}.` : 'All are equal.';
      return { verdict: 'holds', title, sentence: `${title}: holds. ${sentence}` };
    });
}

function titleOf(scenario: VariantFigure['scenario'], metric: string): string {
  const { title, detail } = columnHead(scenario, metric);
  return detail ? `${title} ${detail}` : metricTitle(metric, scenario);
}

function overall(variants: readonly Variant[]): string {
  const all = claims(variants);
  const ones = (verdict: Claim['verdict']) =>
    all.filter((one) => one.verdict === verdict).map(({ title }) => title);
  const parts = (['holds', 'does not hold', 'undecided'] as const).flatMap((verdict) => {
    const titles = ones(verdict);
    if (titles.length === 0) return [];
    return `${verdict === 'undecided' ? 'it is undecided' : `it ${verdict}`} for ${titles.join(', ')}`;
  });
  const found =
    parts.length === 0 ? 'this run has nothing to compare it with' : `in this run ${parts.join('; ')}`;
  return `The article says that plain Nginx has the least overhead and the steadiest latency: ${found}.`;
}
