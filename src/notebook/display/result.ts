import { kernelHost, type MimeBundle } from '../host.js';
import { toBundle } from './presentation.js';
import { drawPicture, present, provideScript, type Showable } from './show.js';

/** What a cell that ends in `value` shows: all that `show` does, in one output, so once the picture is drawn. */
export async function presentResult(value: unknown): Promise<MimeBundle> {
  const presentation = present(value as Showable);
  if (presentation.figure !== undefined) provideScript();
  return toBundle(presentation, await drawPicture(presentation));
}

kernelHost()?.presentResultsBy(presentResult);
