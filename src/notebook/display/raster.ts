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
    if (kind !== '2d') return null;
    return {
      createImageData: blank,
      putImageData: (pixels: Pixels) => drawings.set(this, pixels),
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
