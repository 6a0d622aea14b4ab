/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// Parts of the page's script. Each stands alone, because the page carries the functions themselves.

/** Brings the rows of a table into order: `by` is a column with `.a` or `.d` for its direction; those of pinned targets come first. */
export function sortTable(
  table: HTMLTableElement,
  rows: readonly HTMLTableRowElement[],
  by: string | undefined,
  pinned: ReadonlySet<string>,
): void {
  const column = by === undefined ? -1 : Number.parseInt(by, 10);
  const sign = by?.endsWith('.d') ? -1 : 1;
  const key = ({ cells }: HTMLTableRowElement) => {
    const cell = cells[column];
    return cell?.dataset.v === undefined ? (cell?.textContent ?? '') : Number(cell.dataset.v);
  };
  const compare = (a: string | number, b: string | number) => {
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    // What has no figure comes last, whatever the direction.
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
  };
  const isPinned = (row: HTMLTableRowElement) => Number(pinned.has(row.dataset.t ?? ''));
  const next = rows.toSorted(
    (a, b) => isPinned(b) - isPinned(a) || (column < 0 ? 0 : compare(key(a), key(b))),
  );
  for (const row of next) row.classList.toggle('pinned', isPinned(row) === 1);
  table.tBodies[0]?.append(...next);
  for (const [i, head] of [...(table.tHead?.rows[0]?.cells ?? [])].entries()) {
    if (i === column) head.setAttribute('aria-sort', sign === 1 ? 'ascending' : 'descending');
    else head.removeAttribute('aria-sort');
  }
}

/** Saves what the tables show, a line a figure, as `csv` or `json`; `address` reproduces it. */
export function takeAlong(format: string, address: string): void {
  const isShown = (one: Element) => getComputedStyle(one).display !== 'none';
  const tables = [...document.querySelectorAll<HTMLTableElement>('table[id]')].filter((table) => {
    const item = table.closest<HTMLElement>('.item[data-scenario]');
    return table.id === 'needs' || (item !== null && !item.hidden);
  });
  const text = (one: Element | null | undefined) =>
    one?.textContent?.replace('↕', '').replace(/\s+/g, ' ').trim() ?? '';
  const lines = tables.flatMap((table) => {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    return [...(table.tBodies[0]?.rows ?? [])].filter(isShown).flatMap((row) =>
      [...row.cells].slice(1).flatMap((cell, i) => {
        const head = heads[i + 1];
        if (!head || !isShown(head)) return [];
        const [figure, ...more] = [...cell.querySelectorAll('.value, .place')].map(text);
        return [
          {
            ...{
              table: table.dataset.title ?? '',
              row: row.dataset.t ?? text(row.cells[0]),
              column: text(head),
            },
            ...{
              value: cell.dataset.v === undefined ? '' : Number(cell.dataset.v),
              unit: head.dataset.unit ?? '',
            },
            ...{ text: figure ?? '', detail: more.join(', '), interval: cell.title },
          },
        ];
      }),
    );
  });
  const field = (value: string | number) =>
    /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  const content =
    format === 'json'
      ? JSON.stringify({ address, figures: lines }, null, 1)
      : [Object.keys(lines[0] ?? {}), ...lines.map((line) => Object.values(line))]
          .map((line) => `${line.map(field).join(',')}\n`)
          .join('');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(
    new Blob([content], { type: format === 'json' ? 'application/json' : 'text/csv' }),
  );
  link.download = `ws-arena.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Shows value, interval and blocks of the mark that a pointer is near, or that the arrow keys reach. */
export function tips(): void {
  const tip = document.getElementById('tip');
  if (!tip) return;
  let now: SVGUseElement | undefined;
  const point = (mark: SVGUseElement | undefined) => {
    now?.classList.remove('on');
    now = mark;
    tip.hidden = !mark;
    if (!mark) return;
    mark.classList.add('on');
    tip.textContent = mark.dataset.tip ?? '';
    const box = mark.getBoundingClientRect();
    const left = Math.min(box.left + 12, innerWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${Math.max(8, box.top - tip.offsetHeight - 8)}px`;
  };
  const shown = (svg: Element) =>
    [...svg.querySelectorAll<SVGUseElement>('use[data-tip]')].filter(
      (mark) => mark.getClientRects().length > 0,
    );
  for (const svg of document.querySelectorAll<SVGSVGElement>('figure svg[role=img]')) {
    svg.addEventListener('pointermove', ({ clientX, clientY }) => {
      const far = (mark: Element) => {
        const { left, top, width, height } = mark.getBoundingClientRect();
        return Math.hypot(left + width / 2 - clientX, top + height / 2 - clientY);
      };
      const near = shown(svg)
        .map((mark) => ({ mark, distance: far(mark) }))
        .sort((a, b) => a.distance - b.distance)[0];
      point(near && near.distance < 40 ? near.mark : undefined);
    });
    svg.addEventListener('pointerleave', () => point(undefined));
    svg.addEventListener('blur', () => point(undefined));
    svg.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const all = shown(svg);
      const next = now && all.includes(now) ? all.indexOf(now) + step : step > 0 ? 0 : all.length - 1;
      point(all[(next + all.length) % all.length]);
    });
  }
}
