import { tslabTypeScript as ts } from './tslab-typescript.js';

/** Whether code ends in `process.stdout.write(...)` or that of stderr, whose value says nothing to a reader. */
export function endsInWrite(code: string): boolean {
  if (!/\.write\(/.test(code)) return false;
  const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ES2022);
  const last = source.statements.at(-1);
  return (
    last !== undefined &&
    ts.isExpressionStatement(last) &&
    ts.isCallExpression(last.expression) &&
    /^process\.std(out|err)\.write$/.test(last.expression.expression.getText(source))
  );
}
