import { html, type Markup } from './markup.ts';

/** How a target looks in every chart and table: one hue per library, and a mark and a dash so that hue is never alone. */
export interface TargetStyle {
  /** The CSS variable that holds its colour, e.g. `var(--t-ws)`. */
  readonly color: string;
  /** A symbol of the chart library. */
  readonly symbol: 'circle' | 'rect' | 'triangle' | 'diamond' | 'roundRect' | 'arrow';
  readonly dash: 'solid' | 'dashed' | 'dotted';
}

const families = ['ws', 'uws', 'socketio', 'gorilla', 'coder', 'gobwas'] as const;
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'arrow'] as const;
const others = 2;

/**
 * The style of `target`: variants (`ws-bare`, `socketio-msgpack`) have their library's hue, dashed or dotted; a target
 * that is nobody's variant has one of two further hues.
 */
export function targetStyle(target: string): TargetStyle {
  const index = families.findIndex((family) => target === family || target.startsWith(`${family}-`));
  if (index >= 0) {
    const family = families[index]!;
    const dash = target === family ? 'solid' : target.endsWith('-bare') ? 'dotted' : 'dashed';
    return { color: `var(--t-${family})`, symbol: symbols[index]!, dash };
  }
  const hash = [...target].reduce((sum, character) => (sum * 31 + character.codePointAt(0)!) >>> 0, 7);
  return {
    color: `var(--t-other${hash % others})`,
    symbol: symbols[hash % symbols.length]!,
    dash: 'solid',
  };
}

/** The small mark in a target's colour that stands before its name; dashed for its second trace. */
export function swatch(target: string, isSecond = false): Markup {
  const { color, dash } = targetStyle(target);
  return html`<span class="swatch ${isSecond ? 'dashed' : dash}" style="--c:${color}" aria-hidden="true"></span>`;
}
