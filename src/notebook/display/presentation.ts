import type { Figure } from '../../figures/index.js';
import type { MimeBundle } from '../host.js';
import type { JsonObject } from '../protocol/message.js';
import { figureHtml } from './figure-html.js';
import type { Picture } from './picture.js';
import { plotlyConfig } from './plotly-script.js';

/** A value in the forms in which it can be shown. */
export interface Presentation {
  /** For terminals, logs and front ends that show nothing else. */
  readonly text: string;
  readonly html?: string;
  readonly figure?: Figure;
  /** Draws a PNG; undefined where this kind of chart cannot be drawn without a browser. */
  readonly picture?: () => Promise<Picture | undefined>;
}

/** All forms in one output, from which a front end takes the richest it can show. */
export function toBundle({ text, html, figure }: Presentation, picture?: Picture): MimeBundle {
  const png = picture && Buffer.from(picture.png).toString('base64');
  return {
    data: {
      // As an object: the string of it would stop JupyterLab from drawing the cells below.
      ...(figure && {
        'application/vnd.plotly.v1+json': { ...figure, config: plotlyConfig } as unknown as JsonObject,
      }),
      ...(figure && { 'text/html': figureHtml(figure, picture) }),
      ...(html !== undefined && { 'text/html': html }),
      ...(png !== undefined && { 'image/png': png }),
      'text/plain': text,
    },
    ...(picture && { metadata: { 'image/png': { width: picture.width, height: picture.height } } }),
  };
}
