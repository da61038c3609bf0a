import type { Figure } from '../../figures/index.js';
import { escapeHtml, scriptJson } from '../display/escape.js';
import { figureHeight } from '../display/figure-html.js';
import { plotlyConfig, plotlyLoader } from '../display/plotly-script.js';
import { type Cell, joined, type Notebook } from '../format/notebook.js';
import { codeHtml, markdownHtml } from './markdown.js';
import { type AddFigure, outputsHtml } from './outputs.js';
import { style } from './style.js';

/**
 * A notebook as one HTML page that needs nothing else: text and formulas, highlighted code, outputs, and live charts
 * by plotly.js inside the page (2.6 MB, only if there is a chart). Where scripts are off, the charts' pictures show.
 */
export function toHtml(notebook: Notebook): string {
  const figures: Figure[] = [];
  const addFigure: AddFigure = (figure) => figures.push(figure) - 1;
  const cells = notebook.cells.map((cell) => cellHtml(cell, addFigure));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(pageTitle(notebook))}</title>
<style>${style}</style>
</head>
<body>
<main>
${cells.join('\n')}
</main>
${figures.length > 0 ? chartScripts(figures) : ''}
</body>
</html>
`;
}

function cellHtml(cell: Cell, addFigure: AddFigure): string {
  const source = joined(cell.source);
  switch (cell.cell_type) {
    case 'code':
      return `<section>${codeHtml(source)}\n${outputsHtml(cell.outputs, addFigure)}</section>`;
    case 'markdown':
      return `<section>${markdownHtml(source)}</section>`;
    case 'raw':
      return '';
  }
}

/** The first heading's text. */
function pageTitle({ cells }: Notebook): string {
  const headings = cells
    .filter(({ cell_type }) => cell_type === 'markdown')
    .map(({ source }) => /^#+\s+(.+)$/m.exec(joined(source))?.[1]);
  return headings.find((heading) => heading !== undefined) ?? 'Notebook';
}

/** A chart's space is reserved before it is drawn, so that the page does not jump. */
function chartScripts(figures: readonly Figure[]): string {
  return `${plotlyLoader()}
<script>(async () => {
  const figures = ${scriptJson(figures.map(({ data, layout }) => ({ data, layout })))};
  const Plotly = await window.dclLabPlotly;
  for (const element of document.querySelectorAll("[data-figure]")) {
    const { data, layout } = figures[element.dataset.figure];
    element.replaceChildren();
    Plotly.newPlot(element, data, { height: ${figureHeight}, ...layout }, ${scriptJson(plotlyConfig)});
  }
})();</script>`;
}
