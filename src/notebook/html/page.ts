import { escapeHtml } from '../display/escape.js';
import { isWaitingFigure, plotlyLoader } from '../display/plotly-script.js';
import { type Cell, joined, type Notebook } from '../format/notebook.js';
import { documentHtml } from './document.js';
import { codeHtml, markdownHtml } from './markdown.js';
import { outputsHtml } from './outputs.js';

/** Where a page of {@link toHtml} stands: by itself, or among others that share a header and plotly.js. */
export interface PageOptions {
  /** Address, from the page, of a file that holds what {@link plotlyScript} gives; plotly.js is inside the page by default. */
  readonly plotly?: string;
  /** HTML above the notebook, such as links to other pages; nothing by default. */
  readonly header?: string;
}

/**
 * A notebook as one HTML page that needs nothing else: text and formulas, highlighted code, outputs, and live charts
 * by plotly.js inside the page (2.6 MB, only if there is a chart). Where scripts are off, the charts' pictures show.
 */
export function toHtml(notebook: Notebook, { plotly, header = '' }: PageOptions = {}): string {
  const main = notebook.cells.map(cellHtml).join('\n');
  const loader = plotly === undefined ? plotlyLoader : () => `<script src="${escapeHtml(plotly)}"></script>`;
  const scripts = isWaitingFigure(main) ? loader() : '';
  return documentHtml({ title: pageTitle(notebook), header, main, scripts });
}

function cellHtml(cell: Cell): string {
  const source = joined(cell.source);
  switch (cell.cell_type) {
    case 'code':
      return `<section>${codeHtml(source)}\n${outputsHtml(cell.outputs)}</section>`;
    case 'markdown':
      return `<section>${markdownHtml(source)}</section>`;
    case 'raw':
      return '';
  }
}

/** The first heading's text. */
export function pageTitle({ cells }: Notebook): string {
  const headings = cells
    .filter(({ cell_type }) => cell_type === 'markdown')
    .map(({ source }) => /^#+\s+(.+)$/m.exec(joined(source))?.[1]);
  return headings.find((heading) => heading !== undefined) ?? 'Notebook';
}
