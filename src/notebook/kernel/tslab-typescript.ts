import { createRequire } from 'node:module';
import type typescript from 'typescript';

const fromTslab = createRequire(createRequire(import.meta.url).resolve('tslab'));

/** TypeScript 5.0.4 as tslab itself loads it: what is changed here is changed for tslab. */
export const tslabTypeScript = fromTslab('@tslab/typescript-for-tslab') as typeof typescript;
