import type { Explorer } from './explore.js';
import type { WaitingFigure } from './waiting-figure.js';

/** What is used of plotly.js. */
export interface Plotly {
  react(element: HTMLElement, data: readonly object[], layout: object, config: object): Promise<HTMLElement>;
  relayout(element: HTMLElement, layout: object): Promise<HTMLElement>;
}

/** What `drawFigures` cannot refer to from where it runs. */
export interface PageTools {
  readonly recoloured: (value: unknown, colours: Readonly<Record<string, string>>) => unknown;
  readonly explore: (chart: HTMLElement, figure: WaitingFigure, redraw: () => void) => Explorer;
  readonly darkColours: Readonly<Record<string, string>>;
  /** Under every figure's own layout and configuration. */
  readonly layout: object;
  readonly config: object;
}

/**
 * Runs in the page, so it refers to nothing outside itself. Draws the charts that wait in `window.dclLabFigures` and those that
 * will: each as wide as its place, as soon as that is to be seen, and in the colours of the page, even when these change.
 */
export function drawFigures(plotly: Plotly, tools: PageTools): void {
  const page = window as unknown as { dclLabFigures?: { push(figure: WaitingFigure): unknown } };
  const charts = new WeakMap<Element, Chart>();

  class Chart {
    private readonly box = document.createElement('div');
    private readonly explorer: Explorer | undefined;
    private dark: boolean | undefined;
    private width = 0;

    constructor(
      private readonly element: HTMLElement,
      private readonly figure: WaitingFigure,
    ) {
      if (figure.images !== undefined) this.explorer = tools.explore(this.box, figure, () => this.draw());
    }

    /** Called whenever the place's size or the page's colours may have changed; a place without a size is not seen. */
    update(): void {
      // A front end that changes its theme may for a moment show nothing.
      const width = this.element.clientWidth || this.width;
      if (width === 0 || (width === this.width && this.dark === isDark())) return;
      this.width = width;
      this.draw();
    }

    private draw(): void {
      this.dark = isDark();
      if (!this.box.isConnected) this.element.replaceChildren(this.box, ...(this.explorer?.elements ?? []));
      const { data, layout } = this.figure;
      const whole = { width: this.width, uirevision: 'kept', ...tools.layout, ...layout };
      const colours = { ...tools.darkColours, '#ffffff': paperOf(this.element) };
      const [series, around] = this.dark
        ? [tools.recoloured(data, colours), tools.recoloured(whole, colours)]
        : [structuredClone(data), structuredClone(whole)];
      void plotly
        .react(this.box, series as object[], around as object, tools.config)
        .then(() => this.explorer?.listen());
    }
  }

  /** As JupyterLab says, as VS Code says, or as a page that knows both has been asked for. */
  function isDark(): boolean {
    const { jpThemeLight } = document.body.dataset;
    if (jpThemeLight !== undefined) return jpThemeLight === 'false';
    const { classList } = document.body;
    if (/\bvscode-/.test(document.body.className))
      return !classList.contains('vscode-light') && !classList.contains('vscode-high-contrast-light');
    return scheme.matches && getComputedStyle(document.documentElement).colorScheme.includes('dark');
  }

  /** The colour behind a place. */
  function paperOf(element: Element | null): string {
    if (element === null) return '#1e1e1e';
    const { backgroundColor } = getComputedStyle(element);
    return backgroundColor === 'rgba(0, 0, 0, 0)' ? paperOf(element.parentElement) : backgroundColor;
  }

  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const places = new ResizeObserver((entries) => {
    for (const { target } of entries) charts.get(target)?.update();
  });
  const updateAll = () =>
    requestAnimationFrame(() => {
      for (const element of document.querySelectorAll('.dcl-lab-figure')) charts.get(element)?.update();
    });
  scheme.addEventListener('change', updateAll);
  const attributeFilter = ['class', 'data-jp-theme-light'];
  new MutationObserver(updateAll).observe(document.body, { attributes: true, attributeFilter });

  const waiting = (page.dclLabFigures ?? []) as WaitingFigure[];
  page.dclLabFigures = {
    push(figure) {
      if (figure.element === null) return;
      charts.set(figure.element, new Chart(figure.element, figure));
      places.observe(figure.element);
    },
  };
  for (const figure of waiting) page.dclLabFigures.push(figure);
}
