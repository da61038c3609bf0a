import { readFileSync } from 'node:fs';
import type { DOMWindow } from 'jsdom';
import sharp from 'sharp';
import type { Figure } from '../../figures/index.js';
import type { Picture } from './picture.js';
import { figureHeight, figureWidth, plotlyPath } from './plotly-script.js';
import { standInCanvas } from './raster.js';

/** Dots per CSS pixel: sharp on fine screens. */
const scale = 2;
/** Mean width of a letter in units of the font size, for a browser that cannot measure text. */
const letterWidth = 0.55;

interface Plotly {
  toImage(figure: object, options: object): Promise<string>;
}

let loaded: Promise<Plotly> | undefined;

/**
 * Draws a chart as PNG with plotly.js itself, in a browser that is simulated in this process (jsdom): about a second
 * for the first chart and a tenth for the others.
 * @returns undefined for charts that need WebGL
 */
export async function drawFigure(figure: Figure): Promise<Picture | undefined> {
  if (figure.data.some(({ type }) => /gl$|3d$|^(surface|mesh3d|cone|volume)$/.test(String(type))))
    return undefined;
  loaded ??= loadPlotly().catch((error: unknown) => {
    // What failed once, for want of memory say, may be tried again.
    loaded = undefined;
    throw error;
  });
  const plotly = await loaded;
  const width = (figure.layout.width as number | undefined) ?? figureWidth;
  const height = (figure.layout.height as number | undefined) ?? figureHeight;
  const copy = structuredClone({ data: figure.data, layout: figure.layout });
  const svg = await plotly.toImage(copy, { format: 'svg', width, height, imageDataOnly: true });
  const png = await sharp(Buffer.from(withLinesTogether(svg)), { density: 72 * scale })
    .png({ palette: true })
    .toBuffer();
  return { png, width, height };
}

/** The rasteriser moves only the first line of a text by the text's own `dy`: a subtitle's lines each get it instead. */
export function withLinesTogether(svg: string): string {
  const subtitle = /(<text class="gtitle-subtitle"[^>]*?) dy="([\d.]+)em"([^>]*>)(<tspan .*?<\/text>)/s;
  return svg.replace(subtitle, (_, before: string, shift: string, rest: string, lines: string) => {
    const moved = lines.replace(
      / dy="([\d.]+)em"/g,
      (_dy, own: string) => ` dy="${Number(own) + Number(shift)}em"`,
    );
    return `${before}${rest}${moved}`;
  });
}

async function loadPlotly(): Promise<Plotly> {
  const { JSDOM } = await import('jsdom');
  const { window } = new JSDOM('<!doctype html><body></body>', {
    runScripts: 'outside-only',
    pretendToBeVisual: true,
  });
  standIn(window);
  window.eval(readFileSync(plotlyPath, 'utf8'));
  return (window as unknown as { Plotly: Plotly }).Plotly;
}

/** What plotly.js asks of a browser and jsdom, which lays nothing out, does not have. */
function standIn(window: DOMWindow): void {
  window.URL.createObjectURL = () => '';
  standInCanvas(window);
  const shape = window.SVGElement.prototype as unknown as Record<string, unknown>;
  shape.getBBox = function (this: SVGElement) {
    return textBox(this, window);
  };
  shape.getComputedTextLength = function (this: SVGElement) {
    return textBox(this, window).width;
  };
  window.Element.prototype.getBoundingClientRect = function (this: Element) {
    const svg = this instanceof window.SVGElement;
    return svg ? textBox(this, window) : box(figureWidth, figureHeight);
  };
}

function textBox(element: Element, window: DOMWindow): DOMRect {
  const size = Number.parseFloat(window.getComputedStyle(element).fontSize) || 12;
  const lines = [...element.querySelectorAll('tspan.line')];
  const longest = Math.max(
    ...(lines.length > 0 ? lines : [element]).map((line) => lettersOf(line.textContent ?? '')),
  );
  const width = longest * size * letterWidth;
  const anchor = element.getAttribute('text-anchor') ?? (element as SVGElement).style.textAnchor;
  const before = anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0;
  const [x, y] = ['x', 'y'].map((name) => Number.parseFloat(element.getAttribute(name) ?? '0')) as [
    number,
    number,
  ];
  return box(width, 1.2 * size * Math.max(1, lines.length), x - before, y - size);
}

/** Capitals are about a third wider than the mean letter. */
function lettersOf(text: string): number {
  return text.length + (text.match(/[A-Z]/g)?.length ?? 0) / 3;
}

function box(width: number, height: number, x = 0, y = 0): DOMRect {
  const rectangle = { x, y, left: x, top: y, width, height, right: x + width, bottom: y + height };
  return { ...rectangle, toJSON: () => rectangle };
}
