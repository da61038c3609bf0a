import type { Anatomy, Negative } from '../npc/index.js';
import { axis, baseLayout, type Figure, rounded, type Trace, topMargin } from './figure.js';
import { seriesStyles } from './series-style.js';

/** Names for the images of {@link gradientAnatomy}, and how many negatives it shows. */
export interface GradientAnatomyOptions {
  /** Default: `What pulls and pushes one anchor`. */
  readonly title?: string;
  /** Data set, encoder; anchor, batch size, q and w are added. */
  readonly subtitle?: string;
  /** A name for each image of the batch, such as its class; `image 3` by default. */
  readonly labels?: readonly string[];
  /** Negatives to show one by one, the hardest; 8 by default. All others are one bar. */
  readonly negatives?: number;
}

const losses = [
  ['InfoNCE', 'infonce'],
  ['DCL', 'dcl'],
  ['DCLW', 'dclw'],
] as const;

const plotHeight = 250;
/** By how much each letter of a tilted label goes down, in pixels. */
const tiltedLetter = 6;

/**
 * One anchor's gradient under the three losses: left how hard its positive is pulled (a negative bar pushes), right how
 * hard its hardest negatives are pushed, all as lengths of gradients in unit vectors.
 */
export function gradientAnatomy(anatomy: Anatomy, options: GradientAnatomyOptions = {}): Figure {
  const { negatives } = anatomy;
  const shown = options.negatives ?? 8;
  const styles = seriesStyles(losses.map(([name]) => name));
  const { names, shares } = grouped(negatives, shown, options.labels);
  const data = losses.flatMap(([name, loss], i): Trace[] => {
    const look = {
      type: 'bar',
      name,
      marker: { color: styles[i]!.colour },
    };
    const pull = { x: [name], y: rounded([anatomy.pull[loss]]), text: [anatomy.pull[loss].toFixed(2)] };
    const push = { x: names, y: rounded(shares.map((share) => share * anatomy.push[loss])) };
    return [
      { ...look, ...pull, textposition: 'outside', cliponaxis: false, width: 0.7 },
      { ...look, ...push, xaxis: 'x2', yaxis: 'y2' },
    ];
  });
  const layout = baseLayout({
    title: options.title ?? 'What pulls and pushes one anchor',
    subtitle: [options.subtitle, description(anatomy)],
    x: `positive, cosine ${anatomy.similarity.toFixed(2)}`,
    y: 'length of the gradient',
  });
  const top = topMargin(layout) + 30;
  const bottom = Math.max(100, Math.ceil(tiltedLetter * Math.max(...names.map(({ length }) => length))) + 20);
  return {
    data,
    layout: {
      ...layout,
      barmode: 'group',
      height: plotHeight + top + bottom,
      margin: { l: 80, r: 30, t: top, b: bottom },
      showlegend: false,
      xaxis: { ...(layout.xaxis as object), domain: [0, 0.26] },
      xaxis2: {
        ...axis(''),
        domain: [0.4, 1],
        anchor: 'y2',
        tickangle: -40,
      },
      yaxis2: { ...axis(''), anchor: 'x2' },
      annotations: [heading(0, 'Pull on the positive'), heading(0.4, 'Push on the negatives, hardest first')],
    },
  };
}

function heading(x: number, text: string) {
  const place = { xref: 'paper', yref: 'paper', x, xanchor: 'left', y: 1, yshift: 8, yanchor: 'bottom' };
  return { text: `<b>${text}</b>`, font: { size: 17 }, showarrow: false, ...place };
}

/** The hardest negatives one by one, and all others together. */
function grouped(negatives: readonly Negative[], shown: number, labels: readonly string[] | undefined) {
  const nameOf = ({ view, image }: Negative) =>
    `${labels ? `${labels[image]} #${image}` : `image ${image}`}, view ${view}`;
  const hardest = negatives.slice(0, shown);
  const rest = negatives.slice(shown);
  const names = hardest.map(nameOf);
  const shares = hardest.map(({ share }) => share);
  if (rest.length === 0) return { names, shares };
  const together = rest.reduce((sum, { share }) => sum + share, 0);
  return { names: [...names, `${rest.length} others`], shares: [...shares, together] };
}

function description({ view, image, negatives, temperature, multiplier, weight, sigma }: Anatomy): string {
  return [
    `anchor: image ${image}, view ${view} of a batch of ${negatives.length / 2 + 1}`,
    `temperature ${temperature}`,
    `q ${multiplier.toFixed(2)}`,
    `w ${weight.toFixed(2)} (sigma ${sigma})`,
  ].join(', ');
}
