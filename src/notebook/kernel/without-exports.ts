import type typescript from 'typescript';
import { tslabTypeScript as ts } from './tslab-typescript.js';

/**
 * Code with `export` blanked out where it marks a cell's own names, as code pasted from a module has it: a cell exports all
 * its names anyhow, and tslab refuses to see one exported twice. Everything keeps its place.
 */
export function withoutExports(code: string): string {
  if (!/\bexport\b/.test(code)) return code;
  const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ES2022);
  const blank = (text: string, [start, end]: Span) =>
    text.slice(0, start) + text.slice(start, end).replace(/\S/g, ' ') + text.slice(end);
  return source.statements.flatMap((statement) => exportsOf(statement, source)).reduce(blank, code);
}

type Span = readonly [start: number, end: number];

function exportsOf(statement: typescript.Statement, source: typescript.SourceFile): readonly Span[] {
  const start = statement.getStart(source);
  if (ts.isExportAssignment(statement) && !statement.isExportEquals)
    return [[start, statement.expression.getStart(source)]];
  if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined)
    return [[start, statement.end]];
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers
    .filter(({ kind }) => kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword)
    .map((modifier) => [modifier.getStart(source), modifier.end]);
}
