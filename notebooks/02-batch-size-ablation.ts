// %% [markdown]
// # Does decoupling pay at small batches?
//
// `01-npc-analysis` found that InfoNCE multiplies the whole gradient of every image by a factor $q$ between 0 and 1, and that $q$ is
// smaller and more uneven the smaller the batch. That is a fact about gradients. Whether it costs *accuracy* can only be measured:
// here each loss, InfoNCE, DCL and DCLW, trains encoders at batches of 16 to 256 images, several times each, and
// all are evaluated alike.
//
// You will
// 1. say beforehand what you expect,
// 2. see what makes this a comparison: what differs between two trials, and what does not,
// 3. read accuracies with their intervals, and learn why the *difference* between two losses is known better than either,
// 4. watch $C_v$ of $q$ fall as the batch grows, this time during training,
// 5. set what was measured here beside what others published.
//
// The trials take an hour or more together, so their table is saved in `data/02-batch-size-ablation.csv`, a row for each, with all
// settings, seeds, versions and times. All figures are drawn from it in seconds. `retrain = true` computes it anew; every trial is on disk as
// soon as it is done, so a stopped notebook goes on where it was. `changes` makes the sweep smaller or another: MNIST comes with the install.

// %% tags=["parameters"]
const retrain = false; // true: compute the sweep, or what is missing of it
const sweepFile = '02-batch-size-ablation.sweep.json'; // what a new sweep trains
const changes = {}; // to that, such as { data: 'mnist', architecture: 'resnet8', images: 2000, epochs: 1 }
const imageFolder = ''; // another place of its images: a folder with train/CLASS/*.jpg and test/CLASS/*.jpg
const jobs = 1; // trials at the same time
const saved = '../data/02-batch-size-ablation'; // without extension
const runs = '../runs/02-batch-size-ablation'; // the trials of a new sweep
const publishedFor = 'cifar10'; // others' results to compare with; '' for none

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
// The paper's claim: DCL is ahead of InfoNCE, the more so the smaller the batch. The reasoning, in the terms of `01-npc-analysis`:
//
// $$\text{InfoNCE adds up } \; q_i \, g_i \quad \text{where DCL adds up } \; g_i, \qquad q_i = \frac{U_i}{e^{p_i} + U_i}$$
//
// with $p_i$ the similarity of the positive over $\tau$ and $U_i$ a sum over the $2(N-1)$ negatives of a batch of $N$ images. Large $N$: every $q_i \approx 1$,
// and the two losses have nearly the same gradient. Small $N$: InfoNCE has smaller steps, and counts images with an easy positive
// less.
//
// **Write down before you go on:** (a) at a batch of 16, how many points of accuracy separate DCL from InfoNCE? (b) And at 256?
// (c) Does the accuracy of *DCL* depend on the batch size at all? Nothing in its formula vanishes for small $N$. (d) DCLW pulls harder on hard
// positives. Is that better than DCL everywhere, nowhere, or at some batch sizes?
//
// ## 2. What makes this a comparison
//
// Every setting of the trials, and what it means. Settings with one value are the same in all; those with several
// are what was varied, in every combination.

// %%
const rows = results.objects() as dcl.experiments.ResultRow[];
const distinct = (name: string) => [...new Set(rows.map((row) => row[name]))];
const names = Object.keys(dcl.experiments.columns);
const settings = names.slice(names.indexOf('method'), names.indexOf('dclLab') + 1);
const told = settings.filter((name) => !/views|fingerprint|peakLearningRate/i.test(name));
dcl.notebook.show(
  aq.from(
    told.map((name) => ({
      setting: name,
      values:
        distinct(name)
          .filter((value) => value !== null)
          .join(', ') || "the architecture's own",
      meaning: dcl.experiments.columns[name].meaning,
    })),
  ),
);
console.log(`Views: ${rows[0].views}`);

// %% [markdown]
// Two trials with the same seed begin with the same weights and see the same images in the same order, in the same random
// views: with the same batch size they differ in the loss and in nothing else.
//
// Across *batch sizes* more must differ, and it is a choice what. Here the number of epochs is fixed, so a small batch makes more steps;
// the learning rate is in proportion to the batch, so that its steps are shorter by as much; and batch norm averages over
// fewer images. So compare losses at one batch size; compare batch sizes only with this in mind.

// %%
const losses = distinct('loss') as string[];
const batchSizes = (distinct('batchSize') as number[]).sort((a, b) => a - b);
const first = rows[0];
dcl.notebook.show(
  aq.from(
    batchSizes.map((batchSize) => ({
      'batch size N': batchSize,
      'negatives of an anchor': 2 * (batchSize - 1),
      steps: Math.floor(first.images / batchSize) * first.epochs,
      'highest learning rate': rows.find((row) => row.batchSize === batchSize).peakLearningRate,
    })),
  ),
);

// %% [markdown]
// Where the numbers come from:

// %%
dcl.notebook.show(dcl.experiments.provenance(results));

// %% [markdown]
// `dcl.experiments.compare` holds to this: it refuses arms that differ in anything but the one factor. Say we compare DCL at a large batch with
// InfoNCE at a small one:

// %%
const [smallest, largest] = [batchSizes[0], batchSizes.at(-1)];
try {
  const a = dcl.experiments.arm(results, { loss: 'infonce', batchSize: smallest });
  const b = dcl.experiments.arm(results, { loss: 'dcl', batchSize: largest });
  dcl.experiments.compare(a, b, { factor: 'loss' });
} catch (error) {
  console.log(error.message);
}

// %% [markdown]
// ## 3. Accuracy
//
// The projection head is thrown away and the encoder frozen. *kNN*: 200 nearest training images vote. *Linear evaluation*: one linear
// layer is fitted to the training images' features. Both count the right answers on the test images, which nothing was tuned on in the sweep, after
// the last epoch and not after the best one.
//
// Each dot is a trial, each bar the interval in which the mean over all possible seeds lies, by Student's $t$, in 95 % of such
// experiments:
//
// $$\bar x \pm t_{0.975,\, n-1} \frac{s}{\sqrt n}$$
//
// For $n = 3$ seeds, $t_{0.975, 2} = 4.3$: few seeds make wide intervals, and rightly so.

// %%
dcl.notebook.show(dcl.figures.accuracyByBatchSize(results));

// %%
dcl.notebook.show(dcl.figures.accuracyByBatchSize(results, { measure: 'linearTop1' }));

// %% [markdown]
// ## 4. The difference, seed by seed
//
// Bars that overlap do not mean that the losses cannot be told apart. Trials with the same seed share their luck: weights, order, views. What they share
// cancels in the difference, seed by seed, so the interval of the *differences* is often narrower than that of either loss.
//
// $$d_s = \text{accuracy}_\text{DCL}(s) - \text{accuracy}_\text{InfoNCE}(s), \qquad \bar d \pm t_{0.975,\, n-1} \frac{s_d}{\sqrt n}$$
//
// **Before you run the next cell:** look at the dots above. At which batch sizes will the whole interval lie above 0?

// %%
dcl.notebook.show(dcl.figures.differenceByFactor(results));

// %%
dcl.notebook.show(dcl.figures.differenceByFactor(results, { measure: 'linearTop1' }));

// %% [markdown]
// The same as numbers, in points of accuracy. *Higher* and *lower* say that the interval leaves out 0; otherwise these seeds do not tell the two losses apart.

// %%
type Measured = 'knnTop1' | 'linearTop1';
interface Difference {
  batchSize: number;
  n: number;
  difference: number;
  low: number | null;
  high: number | null;
  verdict: dcl.experiments.Verdict;
}
const points = (share: number) => `${share > 0 ? '+' : ''}${(100 * share).toFixed(2)}`;

/** The differences of a loss from InfoNCE, by batch size. */
function differencesOf(loss: string, measure: Measured): Difference[] {
  const table = dcl.experiments.comparisons(results, { a: 'infonce', b: loss, measure });
  const found = table.objects() as Difference[];
  // With one batch size there is no such column.
  return found.map((row) => ({ ...row, batchSize: row.batchSize ?? smallest }));
}

const others = losses.filter((loss) => loss !== 'infonce');
const differences = others.flatMap((loss) =>
  (['knnTop1', 'linearTop1'] as const).flatMap((measure) =>
    differencesOf(loss, measure).map((difference) => ({ loss, measure, ...difference })),
  ),
);
dcl.notebook.show(
  aq.from(
    differences.map(({ loss, measure, ...difference }) => ({
      compared: `${loss} less infonce, ${measure === 'knnTop1' ? 'kNN' : 'linear'}`,
      'batch size': difference.batchSize,
      'difference (points)': points(difference.difference),
      '95 % interval':
        difference.low === null ? '' : `${points(difference.low)} to ${points(difference.high)}`,
      seeds: difference.n,
      verdict: difference.verdict,
    })),
  ),
);

// %% [markdown]
// One more caution before anyone celebrates. These are many comparisons at once, and a 95 % interval is wrong one time in twenty: among
// twenty true nulls, expect one *higher* or *lower* by chance. Trust a pattern over several batch sizes more than a single star.
//
// ## 5. $q$ in training, by batch size
//
// Every reported step of the last epoch kept the statistics of its batch's $q$. DCL and DCLW multiply nothing by it; theirs is what InfoNCE *would* multiply by,
// given their embeddings.
//
// **Before you run the next cell:** in `01-npc-analysis`, twice the batch gave about half the $C_v$, for *fixed* embeddings. Here every batch size trained
// an encoder of its own. Will $C_v$ fall faster or more slowly than that?

// %%
dcl.notebook.show(dcl.figures.variationInTraining(results));

// %%
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** A measure at each batch size, averaged over the seeds. */
function averages(loss: string, measure: dcl.experiments.Measure): number[] {
  return batchSizes.map((batchSize) =>
    mean(rows.filter((row) => row.loss === loss && row.batchSize === batchSize).map((row) => row[measure])),
  );
}
dcl.notebook.show(
  aq.table({
    'batch size': batchSizes,
    ...Object.fromEntries(
      losses.flatMap((loss) => [
        [`mean q, ${loss}`, averages(loss, 'meanQ').map((q) => Number(q.toFixed(3)))],
        [`C_v, ${loss}`, averages(loss, 'variationQ').map((variation) => Number(variation.toFixed(3)))],
      ]),
    ),
  }),
);
const falls = losses.map((loss) => {
  const variations = averages(loss, 'variationQ');
  const every = variations.every((variation, i) => i === 0 || variation < variations[i - 1]);
  const ratio = (variations.at(-1) / variations[0]) ** (1 / Math.max(1, batchSizes.length - 1));
  const shown = variations.map((variation) => variation.toFixed(3)).join(', ');
  return { loss, every, text: `${loss}: C_v is ${shown} at batches of ${batchSizes.join(', ')}`, ratio };
});
for (const { text, every, ratio } of falls)
  console.log(
    `${text}; it ${every ? 'falls with every larger batch' : 'does not fall everywhere'}, ` +
      `by a factor of ${ratio.toFixed(2)} from one batch size to the next on average.`,
  );

// %% [markdown]
// The mean of $q$ is a factor on InfoNCE's learning rate. So a part of any difference in accuracy may be a matter of learning rates, which a better choice for InfoNCE
// would take away; `03-sensitivity` varies the learning rate for both losses at a small batch. What no learning rate takes away is the *spread*.
//
// ## 6. What others published
//
// Open marks on dotted lines: others' numbers, with their encoder, epochs and temperature. They trained far longer, so look at the *shape*, not the height.
// Rows with a known defect are left out; `data/published.csv` says which and why, and names the source of each.

// %%
if (publishedFor) {
  const published = await dcl.experiments.published(publishedFor);
  dcl.notebook.show(dcl.figures.accuracyByBatchSize(results, { measure: 'linearTop1', published }));
} else console.log('No published results for these images.');

// %%
interface Published extends Record<'data' | 'loss' | 'encoder' | 'measure' | 'source' | 'defect', string> {
  batchSize: number;
  epochs: number;
  value: number;
}
const sound = (publishedFor ? (await dcl.experiments.published(publishedFor)).objects() : [])
  .map((row) => row as Published)
  .filter(({ defect, measure }) => !defect && measure === 'linearTop1');
const pairs = sound
  .filter(({ loss }) => loss === 'dcl')
  .flatMap((row) => {
    const baseline = sound.find(
      (other) =>
        other.loss === 'infonce' &&
        ['batchSize', 'epochs', 'encoder', 'source'].every((name) => other[name] === row[name]),
    );
    const own = differences.find(
      ({ loss, measure, batchSize }) =>
        loss === 'dcl' && measure === row.measure && batchSize === row.batchSize,
    );
    if (baseline === undefined || own === undefined) return [];
    return [
      {
        'batch size': row.batchSize,
        'published: DCL less InfoNCE': points(row.value - baseline.value),
        'of (encoder, epochs)': `${row.encoder}, ${row.epochs}`,
        'here: DCL less InfoNCE': points(own.difference),
        '(encoder, epochs) here': `${first.architecture}${first.width === null ? '' : ` width ${first.width}`}, ${first.epochs}`,
      },
    ];
  });
if (pairs.length > 0) dcl.notebook.show(aq.from(pairs));
else console.log('No published pair of DCL and InfoNCE at one of these batch sizes.');

// %% [markdown]
// The published differences come from one run each, without seeds or intervals, and their epoch was chosen by accuracy on the test images.
//
// ## 7. What came out
//
// Told by the table, batch size by batch size; compare it with what you wrote down.

// %%
const byKnn = differences.filter(({ measure }) => measure === 'knnTop1');
for (const { loss, measure, batchSize, difference, low, high, n, verdict } of byKnn) {
  const percent = (name: string) =>
    `${(100 * averages(name, measure)[batchSizes.indexOf(batchSize)]).toFixed(2)} %`;
  const interval = low === null ? '' : ` (95 % interval ${points(low)} to ${points(high)}, ${n} seeds)`;
  console.log(
    `batch ${batchSize}: kNN ${loss} ${percent(loss)}, infonce ${percent('infonce')}; ${points(difference)} points${interval}: ${verdict}`,
  );
}
for (const loss of others) {
  const at = (verdict: dcl.experiments.Verdict) =>
    byKnn.filter((row) => row.loss === loss && row.verdict === verdict).map(({ batchSize }) => batchSize);
  const list = (sizes: number[]) => (sizes.length === 0 ? 'none' : sizes.join(', '));
  console.log(
    `In short: kNN accuracy of ${loss} is higher than infonce's at batch sizes: ${list(at('higher'))}; lower at: ${list(at('lower'))}; ` +
      `these seeds do not tell at: ${list([...at('not told apart'), ...at('one seed does not tell')])}.`,
  );
}
for (const loss of losses) {
  const accuracies = averages(loss, 'knnTop1').map((share) => 100 * share);
  const span = Math.max(...accuracies) - Math.min(...accuracies);
  const best = batchSizes[accuracies.indexOf(Math.max(...accuracies))];
  console.log(`${loss}: kNN spans ${span.toFixed(2)} points over the batch sizes; best at ${best}.`);
}
const gainOf = (batchSize: number) => {
  const [a, b] = ['infonce', 'dcl'].map((loss) => dcl.experiments.arm(results, { loss, batchSize }));
  return dcl.experiments.compare(a, b).differences;
};
if (batchSizes.length > 1) {
  const [small, large] = [gainOf(smallest), gainOf(largest)];
  const change = dcl.experiments.meanInterval(small.map((gain, seed) => gain - large[seed]));
  const answer = {
    higher: 'and so it is here',
    lower: 'here it is the other way round',
    'not told apart': 'these seeds do not tell',
    'one seed does not tell': 'one seed does not tell',
  };
  console.log(
    `The paper says that DCL gains more at small batches. Its gain at ${smallest} less its gain at ${largest} is ${points(change.mean)} points` +
      `${change.low === null ? '' : ` (95 % interval ${points(change.low)} to ${points(change.high)})`}: ${answer[dcl.experiments.verdict(change)]}.`,
  );
}

// %% [markdown]
// What this does not say: it is one data set, a small encoder, few epochs and one learning rate for all losses. With more
// epochs positives become easier and $q$ smaller; the gap may grow, or training long enough may close it.
//
// **Exercises**
// 1. Which of your four predictions were right? For each that was wrong: was the reasoning wrong, or the size of the effect?
// 2. Take the first two seeds only (`results.params({}).filter((row) => row.seed < 3)` gives the table). What happens to the intervals, and why so much?
// 3. Compare batch sizes with each other, loss fixed: `compare(..., { factor: 'batchSize' })`. Which differences between the arms does the
//    function accept, which of them would you have liked to hold fixed, and what would have to vary instead?
// 4. Set `retrain = true` and `changes = { learningRateRule: 'constant' }` on MNIST. Predict first which batch sizes gain.
// 5. The columns `finalLoss` of InfoNCE and DCL cannot be compared. Can those of one loss at two batch sizes? (Hint: how does $\log U$ depend on $N$?)
