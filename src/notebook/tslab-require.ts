import { createRequire } from 'node:module';

/** Loads what tslab itself would load: its packages may stand in other versions elsewhere. */
export const tslabRequire = createRequire(createRequire(import.meta.url).resolve('tslab'));
