import { createConverter, type Diagnostic } from 'tslab/dist/converter.js';
import { createExecutor, type Executor } from 'tslab/dist/executor.js';
import jupyter, { JupyterHandlerImpl } from 'tslab/dist/jupyter.js';
import type { JsonObject } from '../protocol/message.js';
import { type CellFailure, describeDiagnostics, describeThrown } from './failure.js';
import { withoutShorthand } from './shorthand.js';
import { hasTopLevelForAwait } from './top-level-for-await.js';

/** The data of one output of a cell by MIME type, and the id under which it can be replaced. */
export interface DisplayMessage {
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly transient: { readonly display_id?: string };
}

/** tslab's compiler and executor, with a cell's failure as a value where tslab writes text to stderr. */
export interface Language {
  /** Compiles, type-checks and runs one cell; resolves to what made it fail. */
  run(code: string): Promise<CellFailure | undefined>;
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

  const converter = createConverter({ isJS: false, isBrowser: false });
  const node: typeof converter = {
    ...converter,
    convert(declarations, code) {
      const checked = converter.convert(declarations, code);
      diagnostics = checked.diagnostics;
      if (diagnostics.length > 0) return checked;
      const longhand = withoutShorthand(code);
      const result = longhand === code ? checked : converter.convert(declarations, longhand);
      return {
        ...result,
        hasToplevelAwait: result.hasToplevelAwait || hasTopLevelForAwait(code),
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
      log: console.log,
      // The executor reports a thrown value as the only argument, and diagnostics (recorded above) as a format.
      error: (...values: unknown[]) => {
        if (values.length === 1) thrown = { value: values[0] };
      },
    },
  );
  const tools = new JupyterHandlerImpl(executor, false);

  return {
    async run(code) {
      diagnostics = [];
      thrown = undefined;
      await executor.execute(code);
      if (diagnostics.length > 0) return describeDiagnostics(diagnostics, code);
      return thrown === undefined ? undefined : describeThrown((thrown as { value: unknown }).value);
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
