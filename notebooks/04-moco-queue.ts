// %% [markdown]
// # A queue instead of a large batch: MoCo, coupled and decoupled
//
// In SimCLR the negatives of an image are the other images of its batch. So a small batch has few, and `01-npc-analysis` showed what that does to
// InfoNCE: the factor $q$ on every gradient becomes small and uneven. MoCo ([He et al., 2020](https://arxiv.org/abs/1911.05722), v2:
// [Chen et al., 2020](https://arxiv.org/abs/2003.04297)) takes its negatives from elsewhere: a *queue* of what earlier batches were embedded to. Its length $K$ can be thousands at any
// batch size.
//
// Then is the coupling gone? In this notebook you will
// 1. see what $q$ is for a queue, and compute a loss with one by hand,
// 2. collect $q$ over thousands of images for queues of 16 to 4,096 keys,
// 3. read off how accuracy depends on $K$, with InfoNCE and with DCL.
//
// Everything that takes long is saved in `data/04-moco-queue*.csv`; `retrain = true` computes it anew, `changes` makes the sweep smaller or another.

// %% tags=["parameters"]
const retrain = false; // true: compute the sweep, or what is missing of it, and collect q
const sweepFile = '04-moco-queue.sweep.json'; // what a new sweep trains
const changes = {}; // to that, such as { data: 'mnist', architecture: 'resnet8', images: 2000, epochs: 1 }
const imageFolder = ''; // another place of its images: a folder with train/CLASS/*.jpg and test/CLASS/*.jpg
const jobs = 1; // trials at the same time
const collectedImages = 8192; // whose q is collected
const queueSizes = [16, 64, 256, 1024, 4096]; // for which it is
const saved = '../data/04-moco-queue'; // without extension
const runs = '../runs/04-moco-queue'; // the trials of a new sweep

// %%
import * as tf from '@tensorflow/tfjs';
import * as aq from 'arquero';
import * as dcl from 'dcl-lab';

await dcl.engine.use();

// %% [markdown]
// ## 1. $q$ of a queue
//
// View 1 of image $i$ gives the *query* $z_i$, through encoder and head as always. View 2 gives the *key* $k_i^+$, the positive, through a second
// encoder. The negatives are the $K$ keys of the queue, from images of earlier batches:
//
// $$p_i = \frac{\langle z_i, k_i^+ \rangle}{\tau} \qquad U_i = \sum_{k \in \text{queue}} e^{\langle z_i, k \rangle / \tau} \qquad
// L_{\mathrm{InfoNCE}} = -\log \frac{e^{p_i}}{e^{p_i} + U_i} \qquad L_{\mathrm{DC}} = \log U_i - p_i$$
//
// Nothing in the derivation of `01-npc-analysis` asked where the negatives come from. InfoNCE is still the softplus of DCL, so
//
// $$\nabla L_{\mathrm{InfoNCE}} = q_i \, \nabla L_{\mathrm{DC}} \qquad\text{with}\qquad q_i = \frac{U_i}{e^{p_i} + U_i}$$
//
// but $U_i$ now grows with $K$ and not with the batch.
//
// **Why a second encoder?** Keys in the queue are up to $K/N$ steps old. If the encoder that made them changed fast, old and new keys would not be comparable. So the key
// encoder's weights $\theta_k$ follow those of the query encoder slowly,
//
// $$\theta_k \leftarrow m\,\theta_k + (1 - m)\,\theta_q$$
//
// and no gradient reaches it. MoCo takes $m = 0.999$ for runs of hundreds of thousands of steps; the short runs here take less.
//
// **And batch norm?** A query and its key come from the same batch of images. If both were normalised by their batch's statistics, the network could recognise the key by
// them, without looking at the image. MoCo shuffles the keys among several GPUs; on one device there is nothing to shuffle. Here keys are
// normalised by moving statistics, as the key encoder's *earlier* batches have left them: a key does not depend on the other images of its batch.
//
// A loss with a queue, by hand:

// %%
const random = (rows: number, seed: number) =>
  dcl.losses.normalise(tf.randomNormal([rows, 8], 0, 1, 'float32', seed));
const [queries, positives, queue] = [random(4, 1), random(4, 2), random(16, 3)];
const tau = 0.1;
const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const [z, kPlus, keys] = [queries, positives, queue].map((rows) => rows.arraySync());
const byHand = z.map((query, i) => {
  const p = dot(query, kPlus[i]) / tau;
  const U = keys.reduce((sum, key) => sum + Math.exp(dot(query, key) / tau), 0);
  return {
    p,
    U,
    infoNCE: -Math.log(Math.exp(p) / (Math.exp(p) + U)),
    decoupled: Math.log(U) - p,
    q: U / (Math.exp(p) + U),
  };
});
const similarities = dcl.losses.queueSimilarities(queries, positives, queue, tau);
const library = {
  infoNCE: dcl.losses.infoNCE({ temperature: tau }).ofSimilarities(similarities).arraySync(),
  decoupled: dcl.losses.dcl({ temperature: tau }).ofSimilarities(similarities).arraySync(),
};
const q = dcl.npc.queueMultiplier(queries, positives, queue, { temperature: tau }).arraySync();
dcl.notebook.show(aq.from(byHand.map((row, i) => ({ query: i, ...row, "library's q": q[i] }))));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
for (const name of ['infoNCE', 'decoupled'] as const)
  console.log(
    `${name.padEnd(9)} by hand ${mean(byHand.map((row) => row[name])).toFixed(5)}   library ${library[name].toFixed(5)}`,
  );

// %% [markdown]
// ## 2. The sweep
//
// MoCo v2 with InfoNCE and with DCL, at one batch size, with queues of several lengths. With `retrain = true` the next cell trains all of it, then takes the run with InfoNCE and the
// longest queue and collects $q$ over images for queues of other lengths; otherwise it reads what was saved.
//
// One caution. MoCo needs many steps, and these are few: at SimCLR's learning rate, at $m = 0.999$ or without batch norm in the head, queries and keys stayed near one direction. So the learning rate,
// the momentum and the head were chosen after a dozen trials of one seed on 5,000 of the training images, some with InfoNCE and some with DCL, judged by kNN accuracy on 1,000 of the test images. The accuracies below flatter MoCo a little.

// %%
if (retrain) {
  const spec: dcl.experiments.SweepSpec = { ...(await dcl.experiments.readSpec(sweepFile)), ...changes };
  const data = imageFolder || spec.data;
  const made = await dcl.notebook.saveSweep(spec, saved, { folder: runs, data, jobs });
  const longest = (made.objects() as dcl.experiments.ResultRow[])
    .filter(({ loss }) => loss === 'infonce')
    .reduce((best, row) => (row.queueSize > best.queueSize ? row : best));
  const { train } = await dcl.data.load(data, { directory: '../data' });
  const images = dcl.data.subset(train, collectedImages, { seed: longest.seed });
  const collected: dcl.experiments.SavedRow[] = [];
  for (const weights of ['initial', 'trained'] as const) {
    const models = await dcl.train.loadModels(dcl.experiments.trialRun(runs, longest.key), { weights });
    const { temperature, seed } = longest;
    const onProgress = dcl.notebook.progress(`q, ${weights} weights`);
    const settings = { queueSizes, temperature, seed, onProgress };
    for (const row of await dcl.npc.collectQueue(models, images, settings)) {
      const { q, ...statistics } = row;
      collected.push({ encoder: weights === 'initial' ? 'untrained' : 'trained', ...statistics });
    }
  }
  await dcl.experiments.writeTable(`${saved}-q`, collected, { trial: longest.key });
} else console.log(`Nothing is trained: what was saved in ${saved}*.csv is read.`);
const results = await dcl.experiments.readResults(`${saved}.csv`);

// %%
const rows = results.objects() as dcl.experiments.ResultRow[];
const distinct = (name: string) => [...new Set(rows.map((row) => row[name]))];
const names = Object.keys(dcl.experiments.columns);
const settings = names.slice(names.indexOf('method'), names.indexOf('dclLab') + 1);
const told = settings.filter((name) => !/views|fingerprint|peakLearningRate|sigma/i.test(name));
dcl.notebook.show(
  aq.from(
    told.map((name) => ({
      setting: name,
      values: distinct(name).join(', '),
      meaning: dcl.experiments.columns[name].meaning,
    })),
  ),
);
dcl.notebook.show(dcl.experiments.provenance(results));

// %% [markdown]
// ## 3. $q$ by queue size, for fixed encoders
//
// **Before you run the next cell:** SimCLR with a batch of 64 has 126 negatives. Which queue has as many? And four times the keys give about four times the $U$. What do you expect of the mean of $q$ and of its coefficient of
// variation $C_v$?

// %%
interface QueueRow extends dcl.npc.MultiplierStatistics {
  encoder: string;
  data: string;
  queueSize: number;
  temperature: number;
  seed: number;
}
const collected = (await dcl.experiments.readTable(`${saved}-q`)).table.objects() as QueueRow[];
const trained = collected.filter(({ encoder }) => encoder === 'trained');
const first = rows[0];
const encoder = `${first.architecture}${first.width === null ? '' : ` of width ${first.width}`}`;
const few = [trained[0], trained[Math.floor(trained.length / 2)], trained.at(-1)];
dcl.notebook.show(
  dcl.figures.multiplierHistogram(Object.fromEntries(few.map((row) => [`K = ${row.queueSize}`, row])), {
    title: 'q of the queries, by queue size',
    subtitle: `${encoder}, MoCo v2 with InfoNCE, ${first.epochs} epochs<br>${few[0].data}, temperature ${few[0].temperature}, seed ${few[0].seed}`,
  }),
);
dcl.notebook.show(
  aq.from(
    collected.map(({ encoder, queueSize, mean, variation }) => ({
      encoder,
      'queue size K': queueSize,
      'mean q': Number(mean.toFixed(3)),
      C_v: Number(variation.toFixed(3)),
      'anchors that count (%)': Number((100 / (1 + variation ** 2)).toFixed(1)),
    })),
  ),
);

// %% [markdown]
// *Anchors that count* is $1/(1 + C_v^2)$, see `01-npc-analysis`, section 5.
//
// ## 4. Accuracy by queue size
//
// **Before you run the next cell:** where should DCL be furthest ahead of InfoNCE, at the short queues or at the long ones? Should DCL itself care about $K$?

// %%
dcl.notebook.show(dcl.figures.accuracyByQueueSize(results));

// %%
dcl.notebook.show(dcl.figures.differenceByFactor(results, { factor: 'queueSize' }));

// %%
dcl.notebook.show(dcl.figures.variationInTraining(results, { factor: 'queueSize' }));

// %% [markdown]
// As numbers. *Higher* and *lower* say that the interval leaves out 0.

// %%
interface Difference {
  queueSize: number;
  n: number;
  difference: number;
  low: number | null;
  high: number | null;
  verdict: dcl.experiments.Verdict;
}
const points = (share: number) => `${share > 0 ? '+' : ''}${(100 * share).toFixed(2)}`;
const differences = (['knnTop1', 'linearTop1'] as const).flatMap((measure) => {
  const table = dcl.experiments.comparisons(results, { a: 'infonce', b: 'dcl', measure });
  return (table.objects() as Difference[]).map((row) => ({ measure, ...row }));
});
dcl.notebook.show(
  aq.from(
    differences.map(({ measure, queueSize, n, difference, low, high, verdict }) => ({
      measure: measure === 'knnTop1' ? 'kNN' : 'linear',
      'queue size K': queueSize ?? first.queueSize,
      'DCL less InfoNCE (points)': points(difference),
      '95 % interval': low === null ? '' : `${points(low)} to ${points(high)}`,
      seeds: n,
      "DCL's is": verdict,
    })),
  ),
);

// %% [markdown]
// ## 5. What came out
//
// Told by the tables.

// %%
for (const name of [...new Set(collected.map((row) => row.encoder))]) {
  const own = collected.filter((row) => row.encoder === name);
  const falls = own.every(({ variation }, i) => i === 0 || variation < own[i - 1].variation);
  console.log(
    `${name} encoder: from a queue of ${own[0].queueSize} to one of ${own.at(-1).queueSize}, the mean of q goes from ${own[0].mean.toFixed(3)} to ` +
      `${own.at(-1).mean.toFixed(3)}, C_v from ${own[0].variation.toFixed(3)} to ${own.at(-1).variation.toFixed(3)}${falls ? ', falling at every step' : ''}.`,
  );
}
for (const { queueSize, difference, low, high, n, verdict } of differences.filter(
  ({ measure }) => measure === 'knnTop1',
)) {
  const interval = low === null ? '' : ` (95 % interval ${points(low)} to ${points(high)}, ${n} seeds)`;
  console.log(
    `queue of ${queueSize ?? first.queueSize}: DCL's kNN accuracy less InfoNCE's is ${points(difference)} points${interval}: ${verdict}.`,
  );
}
for (const loss of ['infonce', 'dcl']) {
  const sizes = (distinct('queueSize') as number[]).sort((a, b) => a - b);
  const accuracies = sizes.map(
    (K) =>
      100 * mean(rows.filter((row) => row.loss === loss && row.queueSize === K).map((row) => row.knnTop1)),
  );
  console.log(
    `${loss}: kNN ${accuracies.map((accuracy) => accuracy.toFixed(2)).join(', ')} % for queues of ${sizes.join(', ')}; ` +
      `${(Math.max(...accuracies) - Math.min(...accuracies)).toFixed(2)} points between best and worst.`,
  );
}

// %% [markdown]
// One data set, one batch size, few epochs, one momentum. A longer training makes positives easier, and $q$ smaller for every $K$.
//
// **Exercises**
// 1. In section 1, which negatives would make $q$ of query 0 exactly $1/2$? Check with `dcl.npc.queueMultiplier`.
// 2. The queue begins with random vectors. After how many steps of a batch of 64 is the last of them gone, for each $K$ of the sweep? What is $q$ until then?
// 3. `changes = { keyMomentum: 0 }` makes the key encoder equal the query encoder. Predict which queue sizes suffer, then try it on MNIST.
// 4. MoCo's queue holds keys of other images, but sometimes also an old key of the *same* image. After how many epochs can that not be avoided? What does the loss then ask for?
