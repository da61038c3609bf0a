import type { Figure } from '../../figures/index.js';
import type { MimeBundle } from '../host.js';
import type { JsonObject } from '../protocol/message.js';
import { figureHtml, figureTitle, pictureHtml } from './figure-html.js';
import type { PointImages } from './page/waiting-figure.js';
import type { Picture } from './picture.js';
import { omitsPlotly, plotlyConfig } from './plotly-script.js';

/** A value in the forms in which it can be shown. */
export interface Presentation {
  /** For terminals, logs and front ends that show nothing else. */
  readonly text: string;
  readonly html?: string;
  readonly figure?: Figure;
  /** What HTML draws in place of `figure`, with what Plotly by itself does not know: images of the points. */
  readonly live?: { readonly figure: Figure; readonly images: PointImages };
  /** Draws a PNG; undefined where this kind of chart cannot be drawn without a browser. */
  readonly picture?: () => Promise<Picture | undefined>;
}

/**
 * All forms in one output, from which a front end takes the richest it can show. Without plotly.js in the notebook HTML can
 * draw no chart, so there it is left out, and with it the second copy of the picture.
 */
export function toBundle({ text, html, figure, live }: Presentation, picture?: Picture): MimeBundle {
  const png = picture && Buffer.from(picture.png).toString('base64');
  const image = picture && figure && pictureHtml(picture, figureTitle(figure));
  const drawn = live ?? (omitsPlotly() ? undefined : figure && { figure });
  return {
    data: {
      // As an object: the string of it would stop JupyterLab from drawing the cells below.
      ...(figure &&
        (live === undefined || omitsPlotly()) && {
          'application/vnd.plotly.v1+json': { ...figure, config: plotlyConfig } as unknown as JsonObject,
        }),
      ...(drawn && { 'text/html': figureHtml(drawn.figure, image, live?.images) }),
      ...(html !== undefined && { 'text/html': html }),
      ...(png !== undefined && { 'image/png': png }),
      'text/plain': text,
    },
    ...(picture && {
      metadata: {
        'image/png': {
          width: picture.width,
          height: picture.height,
          alt: figure ? figureTitle(figure) : text,
        },
      },
    }),
  };
}
