import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { scriptJson } from './escape.js';
import { drawFigures } from './page/draw.js';
import { explore } from './page/explore.js';
import { darkColours, recoloured } from './page/theme.js';

/** Where plotly.js-dist keeps its bundle. */
export const plotlyPath = createRequire(import.meta.url).resolve('plotly.js-dist');

/** Default size of a chart, in CSS pixels. */
export const figureWidth = 760;
export const figureHeight = 460;

/** Plotly's settings beside the figure. */
export const plotlyConfig = { responsive: true, displaylogo: false } as const;

/** What a figure that says nothing of them looks like. */
const layout = {
  height: figureHeight,
  paper_bgcolor: '#ffffff',
  plot_bgcolor: '#ffffff',
  font: { color: '#222222' },
};

/**
 * Whether the environment's DCL_LAB_PLOTLY=omit leaves plotly.js out of the notebook, where its file should stay small:
 * front ends that know Plotly draw the charts all the same, others show the pictures.
 */
export function omitsPlotly(): boolean {
  return process.env.DCL_LAB_PLOTLY === 'omit';
}

let packed: string | undefined;

/** plotly.js, compressed by gzip, in base64: 2.6 MB where the script itself has 10 MB. */
function packedPlotly(): string {
  packed ??= gzipSync(readFileSync(plotlyPath)).toString('base64');
  return packed;
}

/** How a page's charts that wait for plotly.js are found, in its HTML. */
const waitingFigures = 'window.dclLabFigures';
const loaderStart = '<script data-dcl-lab="plotly.js">';

/** A script element that draws the page's charts, whether they stand before or after it. */
export function plotlyLoader(): string {
  return `${loaderStart}${plotlyScript()}</script>`;
}

/**
 * The script that unpacks plotly.js in the page and draws every chart that waits for it, whether it stands before or after, and in
 * whichever notebook of a page that shows several. The page does so once; nothing is fetched.
 */
export function plotlyScript(): string {
  const tools = { darkColours, layout, config: { displaylogo: false } };
  return `(async () => {
  if (window.dclLabLoading) return;
  window.dclLabLoading = true;
  const bytes = Uint8Array.from(atob("${packedPlotly()}"), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  // Where this library's sources run through esbuild, it has them name their functions by this.
  const __name = (named) => named;
  ${recoloured}
  ${explore}
  (${drawFigures})(window.Plotly, { ...${scriptJson(tools)}, recoloured, explore });
})();`;
}

/** Whether this HTML is what `plotlyLoader` gives, or a chart that waits for it. */
export function isPlotlyLoader(html: string): boolean {
  return html.startsWith(loaderStart);
}
export function isWaitingFigure(html: string): boolean {
  return html.includes(waitingFigures);
}

/** A script element by which the element of this id becomes a chart as soon as the page has plotly.js. */
export function waitingFigure(id: string, figure: object): string {
  // Looked up beside the script, for the page may show the same output twice.
  return `<script>(() => {
  const element = document.currentScript.parentNode.querySelector("#${id}");
  (${waitingFigures} ??= []).push({ element, ...${scriptJson(figure)} });
})();</script>`;
}
