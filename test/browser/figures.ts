import type { Locator } from 'playwright-core';

/** What is drawn inside an element, in CSS pixels. */
export interface Drawing {
  /** Size of plotly.js's drawing area, 0 where there is none. */
  readonly width: number;
  readonly height: number;
  /** Paths, points and pictures of a size, inside the axes; a canvas that is not blank counts as well. */
  readonly marks: number;
}

/** Looks at a figure as it stands in the page, whatever drew it. */
export async function drawingIn(element: Locator): Promise<Drawing> {
  await element.scrollIntoViewIfNeeded();
  return element.evaluate((root) => {
    const sized = (shape: Element) => {
      const { width, height } = shape.getBoundingClientRect();
      return width > 0 || height > 0;
    };
    const blank = (canvas: HTMLCanvasElement) => {
      const empty = document.createElement('canvas');
      [empty.width, empty.height] = [canvas.width, canvas.height];
      return canvas.width === 0 || canvas.toDataURL() === empty.toDataURL();
    };
    const area = root.querySelector('.main-svg')?.getBoundingClientRect();
    const inside = '.main-svg :is(.plot, .overplot)';
    const shapes = [...root.querySelectorAll(`${inside} path, ${inside} circle, ${inside} image`)];
    const canvases = [...root.querySelectorAll('canvas')];
    return {
      width: area?.width ?? 0,
      height: area?.height ?? 0,
      marks: shapes.filter(sized).length + canvases.filter((canvas) => !blank(canvas)).length,
    };
  });
}
