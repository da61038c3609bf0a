import type { DOMWindow } from 'jsdom';
import { PNG } from 'pngjs';

/** Pixels as a canvas has them: RGBA, row by row. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Gives jsdom's canvas elements, which draw nothing, what plotly.js needs to draw heat maps and images. */
export function standInCanvas(window: DOMWindow): void {
  const drawings = new WeakMap<HTMLCanvasElement, Pixels>();
  const prototype = window.HTMLCanvasElement.prototype as unknown as Record<string, unknown>;
  prototype.getContext = function (this: HTMLCanvasElement, kind: string) {
    return kind === '2d' ? contextOf(this) : null;
  };
  const contextOf = (canvas: HTMLCanvasElement) => {
    return {
      createImageData: blank,
      putImageData: (pixels: Pixels) => drawings.set(canvas, pixels),
      // A heat map whose cells have gaps between them is drawn cell by cell.
      fillStyle: '',
      fillRect(left: number, top: number, width: number, height: number) {
        if (!drawings.has(canvas)) drawings.set(canvas, blank(canvas.width, canvas.height));
        fill(drawings.get(canvas)!, colourOf(this.fillStyle), { left, top, width, height });
      },
    };
  };
  prototype.toDataURL = function (this: HTMLCanvasElement) {
    const { width, height, data } = drawings.get(this) ?? blank(this.width, this.height);
    const png = new PNG({ width, height });
    png.data.set(data);
    return `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`;
  };
}

function blank(width: number, height: number): Pixels {
  return { width, height, data: new Uint8ClampedArray(4 * width * height) };
}

/** RGBA from 0 to 255 of `rgba(12,34,56,0.5)`. */
function colourOf(style: string): readonly number[] {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (style.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue, 255 * alpha];
}

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function fill({ width, height, data }: Pixels, colour: readonly number[], rectangle: Rectangle): void {
  const { left, top } = rectangle;
  for (let y = Math.max(0, top); y < Math.min(height, top + rectangle.height); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + rectangle.width); x++) {
      data.set(colour, 4 * (y * width + x));
    }
  }
}
