import { type Figure, trainingProgress } from '../../figures/index.js';
import { drawFigure } from '../display/figure-picture.js';
import type { Output } from '../display/output.js';
import { toBundle } from '../display/presentation.js';
import { presentFigure, provideScript, showIn } from '../display/show.js';
import type { Progress } from './history.js';
import { endLine, placeLine, statusLine, valuesLine } from './status-line.js';
import type { RunView } from './view.js';

/** The chart is redrawn at most this often, in milliseconds. */
const interval = 1000;

/** Live charts in the cell, redrawn in place, with progress in their title; the last ones stay, also after an error. */
export function notebookView(output: Output): RunView {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let latest: Progress | undefined;
  let warm = false;
  // The first picture takes seconds: drawn beside the first steps, it does not keep Stop waiting after the last one.
  const warmUp = (figure: Figure) => {
    if (!warm) void drawFigure(figure).catch(() => {});
    warm = true;
  };
  provideScript();
  const keep = (progress: Progress, status: string) =>
    showIn(output, { ...presentFigure(chart(progress, [status])), text: `${progress.title}: ${status}` });
  return {
    update(event, progress) {
      if (event.type === 'warning') console.warn(event.message);
      latest = progress;
      if (performance.now() - drawnAt < interval) return;
      drawnAt = performance.now();
      const figure = chart(progress, [`${bar(progress)}, ${placeLine(progress)}`, valuesLine(progress)]);
      output.show(toBundle({ text: `${progress.title}: ${statusLine(progress)}`, figure }));
      warmUp(figure);
    },
    finish(history) {
      if (latest !== undefined) keep(latest, endLine(history));
    },
    fail(error) {
      const name = error instanceof Error ? error.name : 'an error';
      if (latest !== undefined) keep(latest, `ended by ${name} after step ${Math.floor(latest.step)}`);
    },
    close: () => {},
  };
}

function chart({ title, steps, evaluations }: Progress, status: readonly string[]): Figure {
  return trainingProgress({ title, status, steps, evaluations });
}

function bar({ step, totalSteps }: Progress): string {
  const done = step / totalSteps;
  const full = Math.round(10 * done);
  return `${'▰'.repeat(full)}${'▱'.repeat(10 - full)} ${Math.floor(100 * done)} %`;
}
