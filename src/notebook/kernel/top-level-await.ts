import type typescript from 'typescript';
import { tslabTypeScript as ts } from './tslab-typescript.js';

/**
 * Whether code awaits outside functions. tslab tells by an error of the type checker, which there is none of for a
 * `for await` and below a `@ts-expect-error`.
 */
export function hasTopLevelAwait(code: string): boolean {
  if (!/\bawait\b/.test(code)) return false;
  const awaits = (node: typescript.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isAwaitExpression(node)) return true;
    if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return true;
    return ts.forEachChild(node, (child) => awaits(child) || undefined) ?? false;
  };
  // As a module, in which alone an await stands outside functions.
  return awaits(ts.createSourceFile('cell.ts', `${code}\nexport {}`, ts.ScriptTarget.ES2022));
}
