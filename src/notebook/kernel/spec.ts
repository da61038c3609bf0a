import { fileURLToPath } from 'node:url';
import { kernelSpec } from '../format/metadata.js';
import type { JsonObject } from '../protocol/message.js';

/** The same file whether this module runs from its source or from its build. */
const entry = fileURLToPath(new URL('../../../dist/notebook/kernel/main.js', import.meta.url));

/** How the kernel is started: this Node, this installation, and where the path of the connection file goes. */
export const kernelCommand: readonly string[] = [
  process.execPath,
  entry,
  '--config-path',
  '{connection_file}',
];

/** The contents of Jupyter's kernel.json. */
export function jupyterSpec(): JsonObject {
  const { display_name, language } = kernelSpec;
  return {
    argv: kernelCommand,
    display_name,
    language,
    // A signal also ends a cell that computes without a pause, but Windows has none that Node hears.
    interrupt_mode: process.platform === 'win32' ? 'message' : 'signal',
  };
}
