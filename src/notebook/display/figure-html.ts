import { randomUUID } from 'node:crypto';
import type { Figure } from '../../figures/index.js';
import { escapeHtml } from './escape.js';
import type { PointImages } from './page/waiting-figure.js';
import type { Picture } from './picture.js';
import { figureHeight, waitingFigure } from './plotly-script.js';

/**
 * A chart as HTML: its picture, which a script replaces by the live chart as soon as the page has plotly.js.
 * @param picture - an `img` element, or none
 */
export function figureHtml({ data, layout }: Figure, picture = '', images?: PointImages): string {
  const id = `dcl-figure-${randomUUID()}`;
  const height = (layout.height as number | undefined) ?? figureHeight;
  return `<div id="${id}" class="dcl-lab-figure" style="min-height:${height}px">${picture}</div>
${waitingFigure(id, { data, layout, images })}`;
}

export function pictureHtml({ png, width }: Picture, description: string): string {
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
