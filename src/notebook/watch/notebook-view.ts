import { type Figure, trainingProgress } from '../../figures/index.js';
import type { Output } from '../display/output.js';
import { toBundle } from '../display/presentation.js';
import { presentFigure, provideScript, showIn } from '../display/show.js';
import type { Progress } from './history.js';
import { endLine, statusLine } from './status-line.js';
import type { RunView } from './view.js';

/** The chart is redrawn at most this often, in milliseconds. */
const interval = 1000;

/** A live chart of the loss and of q in the cell, redrawn in place, with progress in its title. */
export function notebookView(output: Output): RunView {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let latest: Progress | undefined;
  provideScript();
  return {
    update(event, progress) {
      if (event.type === 'warning') console.warn(event.message);
      latest = progress;
      if (performance.now() - drawnAt < interval) return;
      drawnAt = performance.now();
      const text = `${progress.title}: ${statusLine(progress)}`;
      output.show(toBundle({ text, figure: chart(progress, `${bar(progress)} ${statusLine(progress)}`) }));
    },
    finish(history) {
      if (latest === undefined) return;
      const text = `${history.title}: ${endLine(history)}`;
      showIn(output, { ...presentFigure(chart(latest, endLine(history))), text });
    },
    close: () => {},
  };
}

function chart({ title, steps }: Progress, status: string): Figure {
  const histogram = steps.at(-1)?.multiplier.histogram ?? [];
  return trainingProgress({ title, status, steps, histogram });
}

function bar({ steps, totalSteps }: Progress): string {
  const done = (steps.at(-1)?.step ?? 0) / totalSteps;
  const full = Math.round(10 * done);
  return `${'▰'.repeat(full)}${'▱'.repeat(10 - full)} ${Math.floor(100 * done)} %`;
}
