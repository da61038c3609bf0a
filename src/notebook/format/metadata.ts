import type { JsonObject } from '../protocol/message.js';
import { tslabRequire } from '../tslab-require.js';

const { version } = tslabRequire('@tslab/typescript-for-tslab/package.json') as { version: string };

/** What a notebook and the kernel say of the language of cells. */
export const languageInfo: JsonObject = {
  name: 'typescript',
  version,
  mimetype: 'text/typescript',
  file_extension: '.ts',
  codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
};

/** Name under which the kernel is installed, and what a front end calls it. */
export const kernelSpec = {
  name: 'dcl-lab',
  display_name: 'DCL Lab (TypeScript)',
  language: 'typescript',
} as const satisfies JsonObject;
