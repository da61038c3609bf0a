import type typescript from 'typescript';
import { tslabRequire } from '../tslab-require.js';
import { tslabTypeScript as ts } from './tslab-typescript.js';

/** What TypeScript has beside its public types. */
interface Inner {
  bindSourceFile(file: typescript.SourceFile, options: typescript.CompilerOptions): void;
}
interface InnerSourceFile extends typescript.SourceFile {
  readonly resolvedModules?: { forEach(visit: (resolution: Resolution) => void): void };
}
type Resolution = { readonly resolvedModule?: { readonly resolvedFileName: string } } | undefined;

type CreateProgram = typescript.CreateProgram<typescript.BuilderProgram>;
type CreateHost = (
  rootNames: string[],
  options: typescript.CompilerOptions,
  system: typescript.System,
  createProgram: CreateProgram | null,
  ...reporters: unknown[]
) => object;

/**
 * Has tslab make leaner programs of a cell; to be called before tslab's own modules are loaded. Left as it is, tslab
 * computes for each cell, twice, which of a thousand files refers to which other, loads the types of every package in
 * `@types`, and watches each file of each package for changes.
 */
export function useLeanPrograms(): void {
  const path = tslabRequire.resolve('@tslab/typescript-for-tslab');
  const module = tslabRequire.cache[path];
  if (module === undefined) throw new Error(`${path} is not loaded`);
  const createHost = ts.createWatchCompilerHost as unknown as CreateHost;
  const createLeanHost: CreateHost = (rootNames, options, system, _createProgram, ...reporters) => {
    const watchFile = system.watchFile?.bind(system);
    system.watchFile = (file, ...rest) =>
      file.includes('/node_modules/') || watchFile === undefined ? { close() {} } : watchFile(file, ...rest);
    // Other packages' types come with their import; only those of Node are there without one.
    return createHost(rootNames, { ...options, types: ['node'] }, system, createProgram, ...reporters);
  };
  module.exports = { ...ts, createWatchCompilerHost: createLeanHost };
}

const createProgram: CreateProgram = (rootNames, options, ...rest) => {
  const builder = ts.createAbstractBuilder(rootNames, options, ...rest);
  const program = builder.getProgram();
  for (const name of rootNames ?? []) {
    const file = program.getSourceFile(name);
    // tslab reads the names that a cell declares before it has anything checked.
    if (file !== undefined) (ts as unknown as Inner).bindSourceFile(file, program.getCompilerOptions());
  }
  return { ...builder, getAllDependencies: (file) => sourcesOf(file, program) };
};

/** The file and the sources that it imports, directly or through others; declarations are not looked into. */
function sourcesOf(file: typescript.SourceFile, program: typescript.Program): string[] {
  const found = new Set<string>();
  const visit = (source: typescript.SourceFile | undefined): void => {
    if (source === undefined || source.isDeclarationFile || found.has(source.fileName)) return;
    found.add(source.fileName);
    (source as InnerSourceFile).resolvedModules?.forEach((resolution) => {
      if (resolution?.resolvedModule !== undefined)
        visit(program.getSourceFile(resolution.resolvedModule.resolvedFileName));
    });
  };
  visit(file);
  return [...found];
}
