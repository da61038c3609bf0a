// %% [markdown]
// # How much depends on the settings?
//
// A method that works at one temperature and one learning rate, after many epochs, costs its user a search. The paper claims that DCL needs
// less of it than InfoNCE: less sensitive to hyperparameters, good after fewer epochs. Here one setting at a time is varied around a common
// point, for both losses, at a small batch:
//
// 1. the temperature $\tau$,
// 2. the learning rate,
// 3. the number of epochs,
//
// and the question is not which loss is better, but which loses less when a setting is chosen badly. The table of all trials is saved in
// `data/03-sensitivity.csv`; `retrain = true` computes it anew, `changes` makes it smaller or another.

// %% tags=["parameters"]
const retrain = false; // true: compute the sweep, or what is missing of it
const sweepFile = '03-sensitivity.sweep.json'; // what a new sweep trains
const changes = {}; // to that, such as { data: 'mnist', images: 2000 }
const imageFolder = ''; // another place of its images: a folder with train/CLASS/*.jpg and test/CLASS/*.jpg
const jobs = 1; // trials at the same time
const saved = '../data/03-sensitivity'; // without extension
const runs = '../runs/03-sensitivity'; // the trials of a new sweep

// %%
import * as aq from 'arquero';
import * as dcl from 'dcl-lab';

if (retrain) {
  const spec: dcl.experiments.SweepSpec = { ...(await dcl.experiments.readSpec(sweepFile)), ...changes };
  await dcl.notebook.saveSweep(spec, saved, { folder: runs, data: imageFolder || spec.data, jobs });
} else console.log(`Nothing is trained: what was saved in ${saved}.csv is read.`);
const results = await dcl.experiments.readResults(`${saved}.csv`);

// %% [markdown]
// ## 1. What do you expect?
//
// InfoNCE's gradient of an anchor is DCL's, times
//
// $$q_i = \frac{U_i}{e^{p_i} + U_i}, \qquad p_i = \frac{\langle z_i^{(1)}, z_i^{(2)} \rangle}{\tau}, \qquad U_i = \sum_{l} \sum_{j \ne i} e^{\langle z_i^{(1)}, z_j^{(l)} \rangle / \tau}$$
//
// **Write down before you go on:**
// (a) A smaller $\tau$ raises $p_i$ and the similarities in $U_i$ alike. For an easy positive, $\langle z_i^{(1)}, z_i^{(2)} \rangle = 0.9$, among negatives near 0: does $q_i$ fall or rise as
// $\tau$ goes from 0.5 to 0.05? Which loss will suffer at the low end?
// (b) The mean $m$ of $q$ multiplies InfoNCE's learning rate. So InfoNCE should like a learning rate $1/m$ times as large as DCL does. With $m$ about 0.6, how far
// apart are the two best rates on an axis that doubles from tick to tick?
// (c) As training goes on, positives become easy and $q$ small. Does that make InfoNCE's disadvantage grow or shrink with the epochs?
//
// ## 2. One setting at a time
//
// The common point, the values of each setting around it, and where the numbers come from:

// %%
const rows = results.objects() as dcl.experiments.ResultRow[];
const distinct = (name: string) => [...new Set(rows.map((row) => row[name]))];
type Varied = 'temperature' | 'learningRate' | 'epochs';
const varied = (['temperature', 'learningRate', 'epochs'] as const).filter(
  (name) => distinct(name).length > 1,
);
const valuesOf = (name: Varied) => (distinct(name) as number[]).sort((a, b) => a - b);

/** The value that most trials have. */
function common(name: Varied): number {
  const trials = (value: number) => rows.filter((row) => row[name] === value).length;
  return valuesOf(name).reduce((best, value) => (trials(value) > trials(best) ? value : best));
}
const centre = Object.fromEntries(varied.map((name) => [name, common(name)]));
const first = rows[0];
dcl.notebook.show(
  aq.from(
    varied.map((name) => ({
      setting: name,
      'common point': centre[name],
      'values tried': valuesOf(name).join(', '),
      meaning: dcl.experiments.columns[name].meaning,
    })),
  ),
);
const scale = `${first.data}, ${first.architecture}${first.width === null ? '' : ` of width ${first.width}`}, batch ${first.batchSize}`;
console.log(`${scale}; ${rows.length} trials, seeds ${distinct('seed').join(', ')}; views ${first.views}`);
dcl.notebook.show(dcl.experiments.provenance(results));

/** The trials in which one setting is varied and the others are at the common point. */
function along(name: Varied) {
  const others = Object.fromEntries(Object.entries(centre).filter(([other]) => other !== name));
  return dcl.experiments.arm(results, others);
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** A measure at each value of a setting, averaged over the seeds. */
function averages(name: Varied, loss: string, measure: dcl.experiments.Measure): number[] {
  const those = (along(name).objects() as dcl.experiments.ResultRow[]).filter((row) => row.loss === loss);
  return valuesOf(name).map((value) =>
    mean(those.filter((row) => row[name] === value).map((row) => row[measure])),
  );
}

/** Both losses at each value: accuracy, and what q was in the last epoch. */
function tableOf(name: Varied) {
  const rounded = (values: number[], digits: number) => values.map((value) => Number(value.toFixed(digits)));
  const percent = (loss: string) =>
    rounded(
      averages(name, loss, 'knnTop1').map((share) => 100 * share),
      2,
    );
  return aq.table({
    [name]: valuesOf(name),
    'InfoNCE kNN (%)': percent('infonce'),
    'DCL kNN (%)': percent('dcl'),
    'InfoNCE: mean q': rounded(averages(name, 'infonce', 'meanQ'), 3),
    'InfoNCE: C_v of q': rounded(averages(name, 'infonce', 'variationQ'), 3),
  });
}

/** Says by how much each loss's best value beats its worst. */
function tell(name: Varied): void {
  for (const loss of ['infonce', 'dcl']) {
    const accuracies = averages(name, loss, 'knnTop1').map((share) => 100 * share);
    const [best, worst] = [Math.max(...accuracies), Math.min(...accuracies)];
    const at = (value: number) => valuesOf(name)[accuracies.indexOf(value)];
    console.log(
      `${loss}: best at ${name} ${at(best)} (${best.toFixed(2)} %), worst at ${at(worst)} (${worst.toFixed(2)} %): ${(best - worst).toFixed(2)} points apart.`,
    );
  }
}

// %% [markdown]
// This is a *one at a time* design: it needs a training for each value of each setting, a grid of all combinations many more. What it cannot see is
// an interaction: whether the best learning rate is another at another temperature.
//
// ## 3. Temperature
//
// $\tau$ does three things. It scales every gradient by $1/\tau$, like a learning rate. It decides how sharply the shares of the push favour the nearest negatives. And it moves $q$.

// %%
if (varied.includes('temperature')) {
  dcl.notebook.show(dcl.figures.temperatureSensitivity(along('temperature')));
  dcl.notebook.show(tableOf('temperature'));
  tell('temperature');
} else console.log('The temperature was not varied.');

// %% [markdown]
// ## 4. Learning rate
//
// **Before you run the next cell:** your answer to (b) was a factor. The column *mean q* of the table above, at the common point, corrects the $m$ that it began with. Adjust your
// prediction.

// %%
if (varied.includes('learningRate')) {
  dcl.notebook.show(dcl.figures.learningRateSensitivity(along('learningRate')));
  dcl.notebook.show(tableOf('learningRate'));
  tell('learningRate');
  const m = averages('learningRate', 'infonce', 'meanQ')[
    valuesOf('learningRate').indexOf(centre.learningRate)
  ];
  console.log(
    `At the common point the mean of q is ${m.toFixed(2)}: InfoNCE's steps are as long as DCL's at ${m.toFixed(2)} times the learning rate.`,
  );
} else console.log('The learning rate was not varied.');

// %% [markdown]
// So there are two questions in *is DCL better?*. At **one** learning rate, both losses read off at the same tick. And each loss at **its own best**: that takes away the part that is only the
// length of the steps, and leaves what the spread of $q$ does. The next cell answers both. Beware of the second: it chooses the best of several on the very test images that it then
// reports, which flatters both losses; better is to choose on images kept apart.

// %%
if (varied.includes('learningRate')) {
  const rates = valuesOf('learningRate');
  const best = (loss: string) => {
    const accuracies = averages('learningRate', loss, 'knnTop1');
    return rates[accuracies.indexOf(Math.max(...accuracies))];
  };
  const of = (loss: string, learningRate: number) =>
    dcl.experiments.arm(along('learningRate'), { loss, learningRate });
  const same = dcl.experiments.compare(of('infonce', centre.learningRate), of('dcl', centre.learningRate));
  console.log(`At learning rate ${centre.learningRate}: ${same.text}`);
  const gain = (loss: string, learningRate: number) =>
    mean((of(loss, learningRate).objects() as dcl.experiments.ResultRow[]).map(({ knnTop1 }) => knnTop1));
  const atBest = 100 * (gain('dcl', best('dcl')) - gain('infonce', best('infonce')));
  console.log(
    `Each at its best (InfoNCE ${best('infonce')}, DCL ${best('dcl')}), chosen on the test images: DCL less InfoNCE ${atBest.toFixed(2)} points.`,
  );
  const edge = (loss: string) => [rates[0], rates.at(-1)].includes(best(loss));
  for (const loss of ['infonce', 'dcl'])
    if (edge(loss))
      console.log(`${loss}'s best lies at the edge of what was tried: the true best may lie beyond.`);
}

// %% [markdown]
// ## 5. Epochs
//
// Each point is a training of its own, whose learning rate falls to 0 at its end: not one training looked at several times.

// %%
if (varied.includes('epochs')) {
  dcl.notebook.show(dcl.figures.accuracyByEpochs(along('epochs')));
  dcl.notebook.show(tableOf('epochs'));
  tell('epochs');
  for (const epochs of valuesOf('epochs')) {
    const [a, b] = ['infonce', 'dcl'].map((loss) => dcl.experiments.arm(along('epochs'), { loss, epochs }));
    console.log(`epochs ${epochs}: ${dcl.experiments.compare(a, b).text}`);
  }
} else console.log('The number of epochs was not varied.');

// %% [markdown]
// ## 6. Which loss depends less on its settings?
//
// The range of a loss over the values of a setting: highest accuracy less lowest, for each seed. Two cautions. Chance alone gives a range, and the more values
// the larger; so compare the two losses on one setting, not one setting with another. And a range depends on the values tried: include an absurd one, and any loss looks sensitive.

// %%
const sensitivities = varied.map((factor) => dcl.experiments.sensitivity(along(factor), { factor }));
dcl.notebook.show(dcl.figures.sensitivityBars(sensitivities, { subtitle: scale }));

// %%
const inPoints = (share: number) => `${share > 0 ? '+' : ''}${(100 * share).toFixed(2)}`;
/** Whether DCL's range is higher or lower than InfoNCE's. */
const verdict = dcl.experiments.verdict;
dcl.notebook.show(
  aq.from(
    sensitivities.map(({ factor, a, b, difference }) => ({
      setting: factor,
      'range of InfoNCE (points)': Number((100 * a.interval.mean).toFixed(2)),
      'range of DCL (points)': Number((100 * b.interval.mean).toFixed(2)),
      'DCL less InfoNCE': inPoints(difference.mean),
      '95 % interval':
        difference.low === null ? '' : `${inPoints(difference.low)} to ${inPoints(difference.high)}`,
      "DCL's range": verdict(difference),
    })),
  ),
);

// %% [markdown]
// ## 7. What came out
//
// Told by the table. Compare it with (a), (b) and (c).

// %%
for (const { factor, seeds, difference, a, b } of sensitivities)
  console.log(
    `${factor}: over the values tried, InfoNCE's accuracy ranges over ${(100 * a.interval.mean).toFixed(2)} points, DCL's over ` +
      `${(100 * b.interval.mean).toFixed(2)}, ${seeds.length} seed(s): DCL's is ${verdict(difference)}.`,
  );
const less = sensitivities.filter(({ difference }) => verdict(difference) === 'lower');
console.log(
  `The paper says that DCL is less sensitive to its settings. At this scale (${scale}) that is seen for ${less.length} of ` +
    `${sensitivities.length} settings${less.length > 0 ? `: ${less.map(({ factor }) => factor).join(', ')}` : ''}.`,
);

// %% [markdown]
// **Exercises**
// 1. Answer (a) by calculation: $q$ of an anchor with its positive at cosine 0.9 and 62 negatives at cosine 0, for each $\tau$ of section 3. Does the column *mean q* follow it? What else changed?
// 2. At the best temperature of each loss, by how much do they differ? Use `dcl.experiments.arm`, and say why `compare` refuses some of these.
// 3. Is the learning rate that suits $\tau = 0.1$ right for $\tau = 0.5$? Gradients are $1/\tau$ times as long. Add a sweep over both: in `changes`, `temperature: [0.1, 0.5]` and
//    `learningRate: [0.06, 0.12, 0.24, 0.48]`, without `oneAtATime` (set it to `{}`).
// 4. Suppose someone reports DCL at $\tau = 0.1$ and InfoNCE at $\tau = 0.5$, one run each. Which of the conclusions above would they have drawn? This has happened: see `data/published.csv`, column `temperature`.
