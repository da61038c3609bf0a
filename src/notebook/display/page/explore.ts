import type { WaitingFigure } from './waiting-figure.js';

/** What stands around a chart whose points have images. */
export interface Explorer {
  /** Below the chart, in its place. */
  readonly elements: readonly HTMLElement[];
  /** Called after each drawing. */
  listen(): void;
}

/** A drawn chart: an element with plotly.js's events. */
type DrawnChart = HTMLElement & {
  on(
    event: string,
    listener: (event: { points: readonly { customdata: unknown }[]; event: MouseEvent }) => void,
  ): void;
};

/**
 * Runs in the page, so it refers to nothing outside itself. Shows a point's image under the pointer; a click outlines the
 * point and its nearest neighbours, whose images stand below the chart. The last series of `figure` is the outlines', and the
 * points of the others have their row as `customdata`.
 */
export function explore(chart: HTMLElement, figure: WaitingFigure, redraw: () => void): Explorer {
  const images = figure.images!;
  const ink = '#222222';
  const [sameColour, otherColour] = ['#009e73', '#d55e00'];
  const shownSide = 76;
  const place = new Map<number, readonly [x: number, y: number]>();
  for (const { x, y, customdata = [] } of figure.data as readonly Record<string, number[] | undefined>[]) {
    for (const [i, row] of customdata.entries()) place.set(row, [x![i]!, y![i]!]);
  }
  const outlines = figure.data.at(-1) as { x: number[]; y: number[]; marker: { color: string[] } };

  const strip = make(
    'div',
    'min-height:130px;display:flex;flex-wrap:wrap;gap:10px;align-items:flex-start;padding:8px;outline:none',
  );
  const bubble = make(
    'div',
    'position:fixed;z-index:10000;pointer-events:none;padding:6px;border-radius:4px;background:#ffffff;color:#222222;border:1px solid #888888',
  );
  strip.style.setProperty('--dcl-lab-sheet', `url(${images.sheet})`);
  bubble.style.setProperty('--dcl-lab-sheet', `url(${images.sheet})`);
  strip.className = 'dcl-lab-neighbours';
  bubble.className = 'dcl-lab-pointed';
  strip.tabIndex = -1;
  strip.setAttribute('aria-live', 'polite');

  function make(tag: string, style: string, ...children: readonly (Node | string)[]): HTMLElement {
    const element = document.createElement(tag);
    element.style.cssText = style;
    element.append(...children);
    return element;
  }

  const className = (row: number) => images.classes[images.labels[row]!]!;
  const isSame = (row: number, other: number) => images.labels[row] === images.labels[other];
  const neighboursOf = (row: number) => images.neighbours.slice(row * images.k, (row + 1) * images.k);

  /** One image of the sheet, its pixels as sharp squares. */
  function picture(row: number, frame: string): HTMLElement {
    const factor = shownSide / Math.max(images.width, images.height);
    const [width, height] = [images.width * factor, images.height * factor];
    const rows = Math.ceil(images.count / images.columns);
    const [left, top] = [(row % images.columns) * width, Math.floor(row / images.columns) * height];
    const element = make(
      'div',
      `width:${width}px;height:${height}px;border:4px solid ${frame};margin:0 auto;image-rendering:pixelated;background:var(--dcl-lab-sheet) -${left}px -${top}px / ${images.columns * width}px ${rows * height}px`,
    );
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', className(row));
    return element;
  }

  function tile(row: number, frame: string, ...lines: readonly string[]): HTMLElement {
    const texts = lines.map((line) => make('div', 'max-width:110px;overflow-wrap:anywhere', line));
    const button = make(
      'button',
      'font:13px/1.3 Arial,Helvetica,sans-serif;text-align:center;color:inherit;background:none;border:0;padding:0;cursor:pointer',
      picture(row, frame),
      ...texts,
    );
    button.addEventListener('click', () => select(row));
    return button;
  }

  function select(row: number): void {
    const near = neighboursOf(row);
    const shown = [row, ...near];
    outlines.x = shown.map((point) => place.get(point)![0]);
    outlines.y = shown.map((point) => place.get(point)![1]);
    outlines.marker.color = [ink, ...near.map((point) => (isSame(row, point) ? sameColour : otherColour))];
    strip.replaceChildren(
      tile(row, '#888888', className(row), `point ${row}`),
      ...near.map((point, rank) => {
        const same = isSame(row, point);
        const cosine = (images.similarities[row * images.k + rank]! / 100).toFixed(2);
        const verdict = same ? '\u2713 same class' : '\u2717 other class';
        return tile(point, same ? sameColour : otherColour, className(point), `cosine ${cosine}`, verdict);
      }),
    );
    strip.focus({ preventScroll: true });
    redraw();
  }

  function clear(): void {
    strip.replaceChildren(make('div', 'font:14px Arial,Helvetica,sans-serif;opacity:0.75', hint));
    if (outlines.x.length === 0) return;
    outlines.x = [];
    outlines.y = [];
    outlines.marker.color = [];
    redraw();
  }

  function point(row: number, { clientX, clientY }: MouseEvent): void {
    const near = neighboursOf(row).map(className).join(', ');
    bubble.replaceChildren(
      picture(row, 'transparent'),
      make('div', 'font:bold 13px Arial,Helvetica,sans-serif;text-align:center', className(row)),
      make('div', 'font:12px Arial,Helvetica,sans-serif;max-width:180px', `nearest: ${near}`),
    );
    // In the page's own coordinates, whatever the chart stands in.
    document.body.append(bubble);
    const left =
      clientX + 16 + bubble.offsetWidth > innerWidth ? clientX - 16 - bubble.offsetWidth : clientX + 16;
    bubble.style.left = `${Math.max(0, left)}px`;
    bubble.style.top = `${Math.max(0, Math.min(clientY + 16, innerHeight - bubble.offsetHeight))}px`;
  }

  const hint = `Point at the map to see images; click a point to see its ${images.k} nearest neighbours, beside it or elsewhere.`;
  let listening = false;
  let hit = false;
  clear();

  return {
    elements: [strip],
    listen() {
      if (listening) return;
      listening = true;
      const drawn = chart as DrawnChart;
      drawn.on('plotly_hover', ({ points, event }) => point(points[0]!.customdata as number, event));
      drawn.on('plotly_unhover', () => bubble.remove());
      drawn.on('plotly_click', ({ points }) => {
        hit = true;
        select(points[0]!.customdata as number);
      });
      // plotly.js tells only of clicks that hit a point, and tells it first.
      chart.addEventListener('click', (event) => {
        if (!hit && (event.target as Element).closest('.draglayer') !== null) clear();
        hit = false;
      });
      chart.parentElement!.addEventListener('keydown', ({ key }) => {
        if (key === 'Escape') clear();
      });
    },
  };
}
