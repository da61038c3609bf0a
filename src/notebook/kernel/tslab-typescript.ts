import type typescript from 'typescript';
import { tslabRequire } from '../tslab-require.js';

/** TypeScript as tslab itself loads it: what is changed here is changed for tslab. */
export const tslabTypeScript = tslabRequire('@tslab/typescript-for-tslab') as typeof typescript;
