import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';

/** Where plotly.js-dist keeps its bundle. */
export const plotlyPath = createRequire(import.meta.url).resolve('plotly.js-dist');

let packed: string | undefined;

/** plotly.js, compressed by gzip, in base64: 2.6 MB where the script itself has 10 MB. */
function packedPlotly(): string {
  packed ??= gzipSync(readFileSync(plotlyPath)).toString('base64');
  return packed;
}

/** A script element that gives plotly.js to the page's charts, whether they stand before or after it. */
export function plotlyLoader(): string {
  return `<script>${plotlyScript()}</script>`;
}

/** The script that unpacks plotly.js in the page, for every chart that waits for `window.dclLabPlotly`. Nothing is fetched. */
export function plotlyScript(): string {
  return `(async () => {
${plotlyPromise}
  if (window.dclLabPlotlyLoading) return;
  window.dclLabPlotlyLoading = true;
  const bytes = Uint8Array.from(atob("${packedPlotly()}"), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  window.dclLabPlotly.resolve(window.Plotly);
})();`;
}

/** Makes the promise of plotly.js unless the page has it. */
export const plotlyPromise = `  if (!window.dclLabPlotly) {
    let resolve;
    window.dclLabPlotly = new Promise((given) => { resolve = given; });
    window.dclLabPlotly.resolve = resolve;
  }`;

/** Plotly's settings beside the figure: no logo, as wide as the page. */
export const plotlyConfig = { responsive: true, displaylogo: false } as const;
