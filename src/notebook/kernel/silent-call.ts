import { tslabTypeScript as ts } from './tslab-typescript.js';

/** Functions called for what they do: their value, `true` or a timer, says nothing to a reader. */
const silent = /^(process\.std(out|err)\.write|setTimeout|setInterval|setImmediate)$/;

/** Whether code ends in the call of such a function. */
export function endsInSilentCall(code: string): boolean {
  if (!/\b(write|set\w+)\(/.test(code)) return false;
  const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ES2022);
  const last = source.statements.at(-1);
  return (
    last !== undefined &&
    ts.isExpressionStatement(last) &&
    ts.isCallExpression(last.expression) &&
    silent.test(last.expression.expression.getText(source))
  );
}
