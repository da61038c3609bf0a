import type typescript from 'typescript';
import { tslabTypeScript as ts } from './tslab-typescript.js';

/**
 * Code with each shorthand property written out, `{ seed }` as `{ seed: seed }`: tslab turns the names of earlier
 * cells' variables into properties of its own, but overlooks them in shorthand.
 */
export function withoutShorthand(code: string): string {
  if (!code.includes('{')) return code;
  const names: { readonly end: number; readonly text: string }[] = [];
  const visit = (node: typescript.Node): void => {
    if (ts.isShorthandPropertyAssignment(node)) names.push({ end: node.name.end, text: node.name.text });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ES2022));
  return names.reduceRight(
    (text, name) => `${text.slice(0, name.end)}: ${name.text}${text.slice(name.end)}`,
    code,
  );
}
