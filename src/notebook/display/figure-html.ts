import { randomUUID } from 'node:crypto';
import type { Figure } from '../../figures/index.js';
import { escapeHtml, scriptJson } from './escape.js';
import type { Picture } from './picture.js';
import { plotlyConfig, plotlyPromise } from './plotly-script.js';

/** Default size of a chart, in CSS pixels. */
export const figureWidth = 760;
export const figureHeight = 460;

/** A chart as HTML: its picture, which a script replaces by the live chart as soon as the page has plotly.js. */
export function figureHtml(figure: Figure, picture?: Picture): string {
  const id = `dcl-figure-${randomUUID()}`;
  const image = picture === undefined ? '' : pictureHtml(picture, figureTitle(figure));
  const height = (figure.layout.height as number | undefined) ?? figureHeight;
  return `<div id="${id}" style="min-height:${height}px">${image}</div>
<script>(async () => {
${plotlyPromise}
  const Plotly = window.Plotly || (await window.dclLabPlotly);
  const element = document.getElementById("${id}");
  if (!element) return;
  element.replaceChildren();
  Plotly.newPlot(element, ${scriptJson(figure.data)}, ${scriptJson({ height, ...figure.layout })}, ${scriptJson(plotlyConfig)});
})();</script>`;
}

function pictureHtml({ png, width }: Picture, description: string): string {
  const data = Buffer.from(png).toString('base64');
  return `<img alt="${escapeHtml(description)}" src="data:image/png;base64,${data}" width="${width}" style="max-width:100%;height:auto">`;
}

/** The title and subtitle without their markup. */
export function figureTitle(figure: Figure): string {
  const title = figure.layout.title as { text?: string; subtitle?: { text?: string } } | string | undefined;
  if (typeof title === 'string') return plainText(title);
  const parts = [title?.text ?? 'Chart', title?.subtitle?.text];
  return plainText(parts.filter(Boolean).join(' – '));
}

/** Plotly's labels may hold simple HTML: line breaks, sub and superscripts. */
export function plainText(label: string): string {
  return label
    .replaceAll(/<br\s*\/?>/g, ', ')
    .replaceAll(/<sub>/g, '_')
    .replaceAll(/<[^>]+>/g, '');
}
