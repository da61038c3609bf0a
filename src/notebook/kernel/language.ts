import type { Diagnostic } from 'tslab/dist/converter.js';
import type { Executor } from 'tslab/dist/executor.js';
import type { JsonObject } from '../protocol/message.js';
import { tslabRequire } from '../tslab-require.js';
import { type CellFailure, describeDiagnostics, describeThrown } from './failure.js';
import { useLeanPrograms } from './lean-programs.js';
import { withoutShorthand } from './shorthand.js';
import { endsInSilentCall } from './silent-call.js';
import { hasTopLevelAwait } from './top-level-await.js';
import { withoutExports } from './without-exports.js';

/** The data of one output of a cell by MIME type, and the id under which it can be replaced. */
export interface DisplayMessage {
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly transient: { readonly display_id?: string };
}

/** What came of a cell: why it failed, or the value of the expression that it ends in, if any. */
export interface CellResult {
  readonly failure?: CellFailure;
  readonly value?: unknown;
}

/** tslab's compiler and executor, with a cell's failure as a value where tslab writes text to stderr. */
export interface Language {
  /** Compiles, type-checks and runs one cell. */
  run(code: string): Promise<CellResult>;
  /** Reads the types of a package that a cell is expected to import, and keeps them. */
  expect(packageName: string): void;
  /** Ends an asynchronous cell; what it awaited goes on. */
  interrupt(): void;
  /** Where `display` of tslab's own API writes from now on. */
  setDisplay(write: (message: DisplayMessage, update: boolean) => void): void;
  complete(code: string, cursor: number): JsonObject;
  inspect(code: string, cursor: number): JsonObject;
  isComplete(code: string): JsonObject;
}

/** @param directory Modules and types that cells import are looked up from here. */
export function createLanguage(directory: string): Language {
  let diagnostics: readonly Diagnostic[] = [];
  let thrown: { readonly value: unknown } | undefined;
  let result: CellResult = {};

  const { createConverter, createExecutor, jupyter } = loadTslab();
  const converter = createConverter({ isJS: false, isBrowser: false });
  const node: typeof converter = {
    ...converter,
    convert(declarations, given) {
      const code = withoutExports(given);
      const checked = converter.convert(declarations, code);
      diagnostics = checked.diagnostics;
      if (diagnostics.length > 0) return checked;
      const longhand = withoutShorthand(code);
      const result = longhand === code ? checked : converter.convert(declarations, longhand);
      return {
        ...result,
        hasToplevelAwait: result.hasToplevelAwait || hasTopLevelAwait(code),
        // Files that the cell imports are handed over once, on the first conversion.
        ...(checked.sideOutputs && { sideOutputs: checked.sideOutputs }),
      };
    },
    addModule(name, code, metadata) {
      diagnostics = converter.addModule(name, code, metadata);
      return diagnostics as Diagnostic[];
    },
  };
  const executor: Executor = createExecutor(
    directory,
    { node, browser: node, close: () => converter.close() },
    {
      // It logs nothing but the value of a last expression.
      log: (value: unknown) => {
        result = { value };
      },
      // The executor reports a thrown value as the only argument, and diagnostics (recorded above) as a format.
      error: (...values: unknown[]) => {
        if (values.length === 1) thrown = { value: values[0] };
      },
    },
  );
  const tools = new jupyter.JupyterHandlerImpl(executor, false);

  return {
    async run(code) {
      diagnostics = [];
      thrown = undefined;
      result = {};
      await executor.execute(code);
      if (diagnostics.length > 0) return { failure: describeDiagnostics(diagnostics, code) };
      if (thrown !== undefined) return { failure: describeThrown((thrown as { value: unknown }).value) };
      return endsInSilentCall(code) ? {} : result;
    },
    expect(packageName) {
      converter.addModule('__expected__', `import '${packageName}';`, {});
    },
    interrupt: () => executor.interrupt(),
    setDisplay(write) {
      (jupyter as unknown as { lastWriteDisplayData: typeof write }).lastWriteDisplayData = write;
    },
    complete: (code, cursor) => ({ ...tools.handleComplete({ code, cursor_pos: cursor }) }),
    inspect: (code, cursor) => ({
      ...tools.handleInspect({ code, cursor_pos: cursor, detail_level: 0 }),
    }),
    isComplete: (code) => ({ ...tools.handleIsComplete({ code }) }),
  };
}

function loadTslab() {
  useLeanPrograms();
  return {
    ...(tslabRequire('./converter.js') as typeof import('tslab/dist/converter.js')),
    ...(tslabRequire('./executor.js') as typeof import('tslab/dist/executor.js')),
    jupyter: tslabRequire('./jupyter.js') as typeof import('tslab/dist/jupyter.js'),
  };
}
