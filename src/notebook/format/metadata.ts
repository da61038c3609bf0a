import type { JsonObject } from '../protocol/message.js';

/** What a notebook and the kernel say of the language of cells. */
export const languageInfo: JsonObject = {
  name: 'typescript',
  version: '5.0.4',
  mimetype: 'text/typescript',
  file_extension: '.ts',
  codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
};

/** Name under which the kernel is installed, and what a front end calls it. */
export const kernelSpec: JsonObject = {
  name: 'dcl-lab',
  display_name: 'DCL Lab (TypeScript)',
  language: 'typescript',
};
