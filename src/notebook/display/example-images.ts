import type { Figure } from '../../figures/index.js';
import { type ImageSheet, imageUri } from './image-sheet.js';

/** Of an image on the map, in pixels, and of the map it stands on, nearly. */
const side = 40;
const mapWidth = 600;
const mapHeight = 500;

interface Example {
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
}

/** The map with an image in the midst of each class, in its colour, as far as they do not cover each other. */
export async function withExamples(figure: Figure, sheet: ImageSheet): Promise<Figure> {
  const middles = figure.data.flatMap(middleOf);
  const unit = Math.max(range(figure, 'x') / mapWidth, range(figure, 'y') / mapHeight);
  const apart = (side + 8) * unit;
  const shown: Example[] = [];
  for (const example of middles) {
    const covers = ({ x, y }: Example) => Math.abs(x - example.x) < apart && Math.abs(y - example.y) < apart;
    if (!shown.some(covers)) shown.push(example);
  }
  const images = await Promise.all(
    shown.map(async ({ row, x, y }) => ({
      ...{ source: await imageUri(sheet, row), x, y, sizex: side * unit, sizey: side * unit },
      ...{ xref: 'x', yref: 'y', xanchor: 'center', yanchor: 'middle', layer: 'above' },
    })),
  );
  const half = (side / 2 + 2) * unit;
  const shapes = shown.map(({ x, y, colour }) => ({
    ...{ type: 'rect', x0: x - half, x1: x + half, y0: y - half, y1: y + half },
    line: { color: colour, width: 4 },
  }));
  return { data: figure.data, layout: { ...figure.layout, images, shapes } };
}

/** The point of a series that is nearest to their mean. */
function middleOf({ x, y, customdata, marker }: Figure['data'][number]): Example[] {
  const [xs, ys, rows] = [x, y, customdata] as [number[], number[], number[]];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [centreX, centreY] = [mean(xs), mean(ys)];
  const points = rows.map((row, i) => ({
    row,
    x: xs[i]!,
    y: ys[i]!,
    colour: (marker as { color: string }).color,
  }));
  const distance = (point: Example) => Math.hypot(point.x - centreX, point.y - centreY);
  return points.length === 0 ? [] : [points.reduce((a, b) => (distance(b) < distance(a) ? b : a))];
}

function range({ data }: Figure, axis: 'x' | 'y'): number {
  const values = data.flatMap((trace) => trace[axis] as number[]);
  return Math.max(...values) - Math.min(...values) || 1;
}
