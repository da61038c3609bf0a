import { escapeHtml } from '../display/escape.js';
import { isWaitingFigure, plotlyLoader } from '../display/plotly-script.js';
import { type Cell, joined, type Notebook } from '../format/notebook.js';
import { codeHtml, markdownHtml } from './markdown.js';
import { outputsHtml } from './outputs.js';
import { style } from './style.js';

/**
 * A notebook as one HTML page that needs nothing else: text and formulas, highlighted code, outputs, and live charts
 * by plotly.js inside the page (2.6 MB, only if there is a chart). Where scripts are off, the charts' pictures show.
 */
export function toHtml(notebook: Notebook): string {
  const cells = notebook.cells.map(cellHtml).join('\n');
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
${cells}
</main>
${isWaitingFigure(cells) ? plotlyLoader() : ''}
</body>
</html>
`;
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
function pageTitle({ cells }: Notebook): string {
  const headings = cells
    .filter(({ cell_type }) => cell_type === 'markdown')
    .map(({ source }) => /^#+\s+(.+)$/m.exec(joined(source))?.[1]);
  return headings.find((heading) => heading !== undefined) ?? 'Notebook';
}
