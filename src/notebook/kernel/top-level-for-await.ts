import type typescript from 'typescript';
import { tslabTypeScript as ts } from './tslab-typescript.js';

/** Whether code awaits in a `for await` outside functions, which tslab does not take for a top-level await. */
export function hasTopLevelForAwait(code: string): boolean {
  if (!/\bfor\s+await\b/.test(code)) return false;
  const awaits = (node: typescript.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return true;
    return ts.forEachChild(node, (child) => awaits(child) || undefined) ?? false;
  };
  return awaits(ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ES2022));
}
