import { format } from 'node:util';
import type { MimeBundle, Presenter } from '../host.js';
import type { JsonObject } from '../protocol/message.js';

/** The method by which a value of any package says its MIME bundle: the name that Deno's kernel gave it. */
const display = Symbol.for('Jupyter.display');

/** What a cell that ends in `value` shows: by the value's own method, else by `present`, else as `console.log` prints it. */
export async function bundleOf(value: unknown, present: Presenter = asText): Promise<MimeBundle> {
  const show = (value as { [display]?: unknown })[display];
  return typeof show === 'function' ? { data: (await show.call(value)) as JsonObject } : present(value);
}

async function asText(value: unknown): Promise<MimeBundle> {
  return { data: { 'text/plain': format(value) } };
}
