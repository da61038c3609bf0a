import { stripVTControlCharacters } from 'node:util';
import type { Figure } from '../../figures/index.js';
import { escapeHtml } from '../display/escape.js';
import { figureHtml } from '../display/figure-html.js';
import { isPlotlyLoader, isWaitingFigure } from '../display/plotly-script.js';
import { joined, type Output } from '../format/notebook.js';
import type { JsonObject } from '../protocol/message.js';
import { markdownHtml } from './markdown.js';

type RichOutput = Extract<Output, { output_type: 'display_data' | 'execute_result' }>;

const pictureTypes = ['image/png', 'image/jpeg', 'image/gif'];

/** A cell's outputs as HTML, each in the richest form that works offline; the page brings plotly.js itself. */
export function outputsHtml(outputs: readonly Output[]): string {
  return outputs.map((output) => outputHtml(output)).join('\n');
}

function outputHtml(output: Output): string {
  switch (output.output_type) {
    case 'stream':
      return textHtml(joined(output.text), output.name);
    case 'error':
      return textHtml(output.traceback.join('\n'), 'error');
    default:
      return `<div class="output">${dataHtml(output)}</div>`;
  }
}

function dataHtml({ data, metadata }: RichOutput): string {
  const figure = data['application/vnd.plotly.v1+json'] as unknown as Figure | undefined;
  const [image] = pictureTypes.flatMap((type) => imageHtml(type, data, metadata) ?? []);
  const shown = text(data, 'text/html');
  if (shown !== undefined && isPlotlyLoader(shown)) return '';
  if (figure !== undefined && (shown === undefined || !isWaitingFigure(shown)))
    return figureHtml(figure, image);
  const html = shown ?? text(data, 'image/svg+xml') ?? image;
  if (html !== undefined) return html;
  const markdown = text(data, 'text/markdown') ?? text(data, 'text/latex');
  if (markdown !== undefined) return markdownHtml(markdown);
  return textHtml(text(data, 'text/plain') ?? '', 'stdout');
}

function imageHtml(type: string, data: JsonObject, metadata: JsonObject): string | undefined {
  const image = text(data, type);
  if (image === undefined) return undefined;
  const { width, alt } = (metadata[type] ?? {}) as { width?: number; alt?: string };
  const description = escapeHtml(alt ?? text(data, 'text/plain') ?? 'picture');
  const size = width === undefined ? '' : ` width="${width}"`;
  return `<img alt="${description}" src="data:${type};base64,${image.replaceAll('\n', '')}"${size}>`;
}

function text(data: JsonObject, type: string): string | undefined {
  const value = data[type];
  return value === undefined ? undefined : joined(value as string | string[]);
}

function textHtml(shown: string, kind: string): string {
  return shown === '' ? '' : `<pre class="${kind}">${escapeHtml(stripVTControlCharacters(shown))}</pre>`;
}
