import { stripVTControlCharacters } from 'node:util';
import type { Figure } from '../../figures/index.js';
import { escapeHtml } from '../display/escape.js';
import { joined, type Output } from '../format/notebook.js';
import type { JsonObject } from '../protocol/message.js';
import { markdownHtml } from './markdown.js';

/** Takes a chart for the page's script to draw and returns the number it will know it by. */
export type AddFigure = (figure: Figure) => number;

type RichOutput = Extract<Output, { output_type: 'display_data' | 'execute_result' }>;

const pictureTypes = ['image/png', 'image/jpeg', 'image/gif'];

/** A cell's outputs as HTML, each in the richest form that works offline. */
export function outputsHtml(outputs: readonly Output[], addFigure: AddFigure): string {
  return outputs.map((output) => outputHtml(output, addFigure)).join('\n');
}

function outputHtml(output: Output, addFigure: AddFigure): string {
  switch (output.output_type) {
    case 'stream':
      return textHtml(joined(output.text), output.name);
    case 'error':
      return textHtml(output.traceback.join('\n'), 'error');
    default:
      return `<div class="output">${dataHtml(output, addFigure)}</div>`;
  }
}

function dataHtml({ data, metadata }: RichOutput, addFigure: AddFigure): string {
  const figure = data['application/vnd.plotly.v1+json'] as unknown as Figure | undefined;
  const [image] = pictureTypes.flatMap((type) => imageHtml(type, data, metadata) ?? []);
  if (figure !== undefined)
    return `<div class="chart" data-figure="${addFigure(figure)}">${image ?? ''}</div>`;
  const html = text(data, 'text/html') ?? text(data, 'image/svg+xml') ?? image;
  if (html !== undefined) return html;
  const markdown = text(data, 'text/markdown') ?? text(data, 'text/latex');
  if (markdown !== undefined) return markdownHtml(markdown);
  return textHtml(text(data, 'text/plain') ?? '', 'stdout');
}

function imageHtml(type: string, data: JsonObject, metadata: JsonObject): string | undefined {
  const image = text(data, type);
  if (image === undefined) return undefined;
  const description = escapeHtml(text(data, 'text/plain') ?? 'picture');
  const { width } = (metadata[type] ?? {}) as { width?: number };
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
