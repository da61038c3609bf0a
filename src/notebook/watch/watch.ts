import type { Run } from '../../train/index.js';
import { openOutput } from '../display/output.js';
import { HistoryRecorder, type RunHistory } from './history.js';
import { onInterrupt } from './interrupt.js';
import { lineView } from './line-view.js';
import { notebookView } from './notebook-view.js';
import { terminalView } from './terminal-view.js';
import type { RunView } from './view.js';

/**
 * Trains: reads a run to its end and shows its progress, in Jupyter as live charts of the loss, of accuracies where the run
 * evaluates, of q and its C_v, on a terminal as a bar, in a log as plain lines. The notebook's stop button, Ctrl-C or SIGTERM
 * ends the run after the step under way (in a step of chunks after the chunk), with a checkpoint; with `existing: 'resume'`
 * the same cell run again goes on from it. A second one breaks the cell off.
 *
 * @returns What the run reported, in earlier sittings too, for figures such as `figures.lossCurve({ DCL: history })`
 * @throws What the run throws, such as the error of a loss that is not finite
 *
 * @example
 * ```ts
 * const run = dcl.train.pretrain({ encoder, data: mnist.train, method, checkpoint: 'runs/first' });
 * const history = await dcl.notebook.watch(run);
 * dcl.notebook.show(dcl.figures.lossCurve({ DCL: history }));
 * ```
 */
export async function watch(run: Run): Promise<RunHistory> {
  const view = openView();
  const recorder = new HistoryRecorder();
  const release = onInterrupt(() => run.stop());
  try {
    for await (const event of run) {
      recorder.add(event);
      view.update(event, recorder.progress());
    }
    view.finish(recorder.history());
  } catch (error) {
    view.fail(error);
    throw error;
  } finally {
    view.close();
    release();
  }
  return recorder.history();
}

function openView(): RunView {
  const output = openOutput();
  if (output !== undefined) return notebookView(output);
  return process.stderr.isTTY ? terminalView() : lineView();
}
