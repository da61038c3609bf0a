import { format } from 'node:util';
import type { MimeBundle, Presenter } from '../host.js';
import type { JsonObject } from '../protocol/message.js';

/** The method by which a value of any package says its MIME bundle: the name that Deno's kernel gave it. */
const display = Symbol.for('Jupyter.display');

/** What a cell that ends in `value` shows: the value's own bundle, that of `present`, or the text of `console.log`. */
export async function bundleOf(value: unknown, present: Presenter | undefined): Promise<MimeBundle> {
  const own = await ownBundle(value);
  return own ?? (await present?.(value)) ?? { data: { 'text/plain': format(value) } };
}

async function ownBundle(value: unknown): Promise<MimeBundle | undefined> {
  if (typeof value !== 'object' || value === null) return undefined;
  const show = (value as { [display]?: unknown })[display];
  return typeof show === 'function' ? { data: (await show.call(value)) as JsonObject } : undefined;
}
