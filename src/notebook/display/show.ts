import { format } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { Figure } from '../../figures/index.js';
import { drawFigure } from './figure-picture.js';
import { figureText } from './figure-text.js';
import { type ImageGrid, presentImages } from './images.js';
import { isNote, presentNote } from './note.js';
import { finishWith, type Output, openOutput } from './output.js';
import type { Picture } from './picture.js';
import { plotlyLoader } from './plotly-script.js';
import { type Presentation, toBundle } from './presentation.js';
import { isTable, presentTable, type TableLike } from './table.js';

/** What `show` knows how to show; anything else appears as `console.log` prints it. */
export type Showable = Figure | TableLike | tf.Tensor | ImageGrid | string | number | object;

/**
 * Shows a value below the cell: a figure as a live chart with a picture for viewers without scripts, a table, a
 * tensor (type, shape and an excerpt of its values), a grid of images, a note of the classroom, or text. Outside Jupyter it
 * prints text.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 *
 * const pixels = await mnist.train.read([0, 1, 2]);
 * dcl.notebook.show(dcl.notebook.images(pixels, { shape: mnist.train.shape }));
 * dcl.notebook.show(tf.eye(3));
 * ```
 */
export function show(value: Showable): void {
  const presentation = present(value);
  const output = openOutput();
  if (output === undefined) {
    console.log(presentation.text);
    return;
  }
  showIn(output, presentation);
}

/** Shows at once, and again with the picture when that is drawn. */
export function showIn(output: Output, presentation: Presentation): void {
  if (presentation.figure !== undefined) provideScript();
  output.show(toBundle(presentation));
  if (presentation.picture !== undefined) finishWith(addPicture(output, presentation));
}

async function addPicture(output: Output, presentation: Presentation): Promise<void> {
  const drawn = await drawPicture(presentation);
  if (drawn !== undefined) output.show(toBundle(presentation, drawn));
}

/** A picture that cannot be drawn is no reason for a cell to fail: it says so, and the other forms are shown. */
export async function drawPicture({ text, picture }: Presentation): Promise<Picture | undefined> {
  try {
    return await picture?.();
  } catch (error) {
    const [what] = text.split('\n');
    console.error(`The picture of "${what}" could not be drawn: ${(error as Error).message}`);
    return undefined;
  }
}

export function presentFigure(figure: Figure): Presentation {
  return { text: figureText(figure), figure, picture: () => drawFigure(figure) };
}

export function present(value: Showable): Presentation {
  if (typeof value !== 'object' || value === null) return { text: format(value) };
  if (value instanceof tf.Tensor) {
    return {
      text: `${value.dtype} tensor of shape [${value.shape}]\n${value.toString().replace(/^Tensor\s+/, '    ')}`,
    };
  }
  if (value instanceof tf.LayersModel) return { text: modelText(value) };
  if (isTable(value)) return presentTable(value);
  if (isFigure(value)) return presentFigure(value);
  if (isImageGrid(value)) return presentImages(value);
  if (isNote(value)) return presentNote(value);
  return { text: format(value) };
}

/** All that a model holds would fill pages. */
function modelText(model: tf.LayersModel): string {
  const shapes = [model.inputs, model.outputs].map((tensors) =>
    tensors.map(({ shape }) => `[${shape.map((size) => size ?? 'n')}]`).join(', '),
  );
  const weights = model.countParams().toLocaleString('en');
  return `model ${model.name}: ${shapes.join(' to ')}, ${model.layers.length} layers, ${weights} weights`;
}

function isFigure(value: object): value is Figure {
  return 'data' in value && Array.isArray(value.data) && 'layout' in value;
}

function isImageGrid(value: object): value is ImageGrid {
  return 'kind' in value && value.kind === 'images';
}

let provided = false;

/**
 * Gives the notebook plotly.js with its first chart. DCL_LAB_PLOTLY=omit leaves it out, where the notebook file
 * should stay small: front ends that know Plotly draw the charts all the same, others show the pictures.
 */
export function provideScript(): void {
  if (provided || process.env.DCL_LAB_PLOTLY === 'omit') return;
  provided = true;
  openOutput()?.show({ data: { 'text/html': plotlyLoader(), 'text/plain': '' } });
}
