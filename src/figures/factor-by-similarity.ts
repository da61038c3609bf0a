import { InputError } from '../errors.js';
import type { Anatomy } from '../npc/index.js';
import { baseLayout, type Figure, rounded } from './figure.js';
import { seriesStyles } from './series-style.js';

/** What stands above {@link factorBySimilarity}. */
export interface FactorBySimilarityOptions {
  /** Default: `What each loss does to easy and to hard positives`. */
  readonly title?: string;
  /** Data set, encoder; number of anchors, batch size and settings are added. */
  readonly subtitle?: string;
}

/**
 * The factor on the pull between anchor and positive, against their cosine, a point for each anchor: q for InfoNCE, 1 for
 * DCL, w for DCLW.
 * @param anatomies what `npc.anatomy` gives for the anchors of one batch
 * @throws InputError where there are none
 */
export function factorBySimilarity(
  anatomies: readonly Anatomy[],
  options: FactorBySimilarityOptions = {},
): Figure {
  if (anatomies.length === 0) {
    throw new InputError('There are no anchors to draw: give what npc.anatomy returns for some.');
  }
  const names = ['InfoNCE: q', 'DCL: 1', 'DCLW: w'];
  const styles = seriesStyles(names);
  const cosines = rounded(anatomies.map(({ similarity }) => similarity));
  const points = (i: number, factors: readonly number[]) => ({
    type: 'scatter',
    mode: 'markers',
    name: names[i],
    x: cosines,
    y: rounded(factors),
    marker: { color: styles[i]!.colour, symbol: styles[i]!.symbol, size: 11, opacity: 0.8 },
  });
  const { negatives, temperature, sigma } = anatomies[0]!;
  const batch = `${anatomies.length} anchors, batch of ${negatives.length / 2 + 1}`;
  const layout = baseLayout({
    title: options.title ?? 'What each loss does to easy and to hard positives',
    subtitle: [options.subtitle, `${batch}, temperature ${temperature}, sigma ${sigma}`],
    x: 'cosine of anchor and positive (right: easy)',
    y: 'factor on the pull (DCL = 1)',
  });
  return {
    data: [
      {
        type: 'scatter',
        mode: 'lines',
        name: names[1],
        x: [Math.min(...cosines), Math.max(...cosines)],
        y: [1, 1],
        line: { color: styles[1]!.colour, width: 3 },
      },
      points(
        0,
        anatomies.map(({ multiplier }) => multiplier),
      ),
      points(
        2,
        anatomies.map(({ weight }) => weight),
      ),
    ],
    layout: { ...layout, yaxis: { ...(layout.yaxis as object), rangemode: 'tozero' } },
  };
}
