import { Presets, SingleBar } from 'cli-progress';
import { endLine, statusLine } from './status-line.js';
import type { RunView } from './view.js';

/** A progress bar on standard error. */
export function terminalView(): RunView {
  const bar = new SingleBar(
    {
      format: '{bar} {percentage} %  {status}',
      barsize: 20,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      fps: 4,
    },
    Presets.shades_grey,
  );
  return {
    update(event, progress) {
      if (event.type === 'start') {
        console.error(progress.title);
        bar.start(event.totalSteps, event.step, { status: statusLine(progress) });
      } else if (event.type === 'warning') {
        console.error(event.message);
      } else {
        bar.update(progress.step, { status: statusLine(progress) });
      }
    },
    finish(history) {
      bar.stop();
      console.error(endLine(history));
    },
    fail: () => {},
    close: () => bar.stop(),
  };
}
