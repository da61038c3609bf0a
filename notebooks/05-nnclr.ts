// %% [markdown]
// # The neighbour as positive: NNCLR, coupled and decoupled
//
// Two views of one image are all that SimCLR calls similar. NNCLR ([Dwibedi et al., 2021](https://arxiv.org/abs/2104.14548)) asks for more: it replaces one view's embedding by its
// *nearest neighbour* among the embeddings of earlier images. If the neighbour shows another bird, the network learns that two birds belong together, which no
// random crop could have told it.
//
// If. Nobody checks the neighbour's class, there are no labels. In this notebook you will
// 1. compute NNCLR's loss by hand, with and without the positive in the denominator,
// 2. look at nearest neighbours as training goes on, and count how many share the class,
// 3. compare NNCLR with InfoNCE and with DCL, and both with MoCo at the same settings.
//
// Everything that takes long is saved in `data/05-nnclr*.csv`; `retrain = true` computes it anew, `changes` makes it smaller or another.

// %% tags=["parameters"]
const retrain = false; // true: compute the sweep, or what is missing of it, and follow the neighbours
const sweepFile = '05-nnclr.sweep.json'; // what a new sweep trains
const changes = {}; // to that, such as { data: 'mnist', architecture: 'resnet8', images: 2000, epochs: 2 }
const imageFolder = ''; // another place of its images: a folder with train/CLASS/*.jpg and test/CLASS/*.jpg
const jobs = 1; // trials at the same time
const supportImages = 4096; // of the training images, among which neighbours are looked for
const queryImages = 1000; // of the test images, whose neighbours are
const saved = '../data/05-nnclr'; // without extension
const runs = '../runs/05-nnclr'; // the trials of a new sweep, and the two runs that are followed
const others = ['../data/04-moco-queue']; // results of other methods to compare with

// %%
import * as tf from '@tensorflow/tfjs';
import * as aq from 'arquero';
import * as dcl from 'dcl-lab';

await dcl.engine.use();

// %% [markdown]
// ## 1. The loss
//
// Encoder and projection head give $z_i^{(1)}, z_i^{(2)}$, a *prediction head* on top of them $p_i^{(1)}, p_i^{(2)}$, all of length 1. A queue $Q$ holds the embeddings of earlier batches. The anchor is
//
// $$n_i = \operatorname{NN}(z_i^{(1)}, Q) = \operatorname*{arg\,max}_{u \in Q} \, \langle z_i^{(1)}, u \rangle$$
//
// its positive the prediction from the image's other view, its negatives the predictions from the batch's other images:
//
// $$L_{\mathrm{NNCLR}, i} = -\log \frac{e^{\langle n_i, p_i^{(2)} \rangle / \tau}}{\sum_{j=1}^{N} e^{\langle n_i, p_j^{(2)} \rangle / \tau}} \qquad
// L_{\mathrm{DC}, i} = -\frac{\langle n_i, p_i^{(2)} \rangle}{\tau} + \log \sum_{j \ne i} e^{\langle n_i, p_j^{(2)} \rangle / \tau}$$
//
// and the same with the views exchanged. Again they differ in one term of the denominator, $j = i$, and again InfoNCE is the softplus of DCL, so
//
// $$q_i = \frac{U_i}{e^{\langle n_i, p_i^{(2)} \rangle / \tau} + U_i} \qquad\text{with}\qquad U_i = \sum_{j \ne i} e^{\langle n_i, p_j^{(2)} \rangle / \tau}$$
//
// multiplies its gradient. Mind the sum: it runs over the $N - 1$ other images of the *batch*. The queue is large, but it only supplies anchors, not negatives.
//
// **Before you run the next cell:** does a batch of $N$ give NNCLR more or fewer negatives than SimCLR? A neighbour is a harder positive than the view itself. What do both do to $q$?

// %%
const tau = 0.1;
const random = (rows: number, seed: number) =>
  dcl.losses.normalise(tf.randomNormal([rows, 8], 0, 1, 'float32', seed));
const [embeddings, predictions, queue] = [random(4, 1), random(4, 2), random(16, 3)];
const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const [z, p, support] = [embeddings, predictions, queue].map((rows) => rows.arraySync());
const byHand = z.map((anchor, i) => {
  const similarities = support.map((row) => dot(anchor, row));
  const nearest = similarities.indexOf(Math.max(...similarities));
  const terms = p.map((row) => Math.exp(dot(support[nearest], row) / tau));
  const U = terms.reduce((sum, term, j) => (j === i ? sum : sum + term), 0);
  return {
    nearest,
    infoNCE: -Math.log(terms[i] / (terms[i] + U)),
    decoupled: -Math.log(terms[i]) + Math.log(U),
    q: U / (terms[i] + U),
  };
});
const neighbours = tf.gather(
  queue,
  byHand.map(({ nearest }) => nearest),
);
const compared = dcl.losses.crossSimilarities(neighbours, predictions, tau);
const q = dcl.npc.neighbourMultiplier(neighbours, predictions, { temperature: tau }).arraySync();
const library = {
  infoNCE: dcl.losses.infoNCE({ temperature: tau }).ofSimilarities(compared).arraySync(),
  decoupled: dcl.losses.dcl({ temperature: tau }).ofSimilarities(compared).arraySync(),
};
dcl.notebook.show(aq.from(byHand.map((row, i) => ({ image: i, ...row, "library's q": q[i] }))));
for (const name of ['infoNCE', 'decoupled'] as const)
  console.log(
    `${name.padEnd(9)} by hand ${mean(byHand.map((row) => row[name])).toFixed(5)}   library ${library[name].toFixed(5)}`,
  );

// %% [markdown]
// ## 2. Training
//
// With `retrain = true` the next cells train the sweep, and then one run with each loss that stops after every epoch to have its neighbours looked at; otherwise they read what was saved.

// %%
const spec: dcl.experiments.SweepSpec = { ...(await dcl.experiments.readSpec(sweepFile)), ...changes };
const data = imageFolder || spec.data;
if (retrain) await dcl.notebook.saveSweep(spec, saved, { folder: `${runs}/sweep`, data, jobs });
else console.log(`Nothing is trained: what was saved in ${saved}*.csv is read.`);
const results = await dcl.experiments.readResults(`${saved}.csv`);
const rows = results.objects() as dcl.experiments.ResultRow[];
dcl.notebook.show(dcl.experiments.provenance(results));

// %%
/** A run that stops when its next epoch is done; it leaves a checkpoint. */
function untilNextEpoch(run: dcl.train.Run): dcl.train.Run {
  return {
    stop: () => run.stop(),
    async *[Symbol.asyncIterator]() {
      for await (const event of run) {
        if (event.type === 'epoch') run.stop();
        yield event;
      }
    },
  };
}

const losses = ['infonce', 'dcl'] as const;
if (retrain) {
  const trial = rows[0];
  const { train, test } = await dcl.data.load(data, { directory: '../data' });
  const images = dcl.data.subset(train, trial.images);
  const support = dcl.data.subset(images, supportImages);
  const queries = dcl.data.subset(test, queryImages);
  const shares: dcl.experiments.SavedRow[] = [];
  const shown: dcl.experiments.SavedRow[] = [];
  const firstOfClass = queries.classes.map((_, label) => queries.labels.indexOf(label)).slice(0, 8);

  /** Looks for the nearest neighbour of every query, by the embeddings that the queue holds. */
  const look = async (loss: string, epoch: number, folder: string, weights: 'initial' | 'trained') => {
    const { encoder, projection } = await dcl.train.loadModels(folder, { weights });
    const model = dcl.models.withHead(encoder, projection);
    const onProgress = dcl.notebook.progress(`Embedding the queue, epoch ${epoch}`);
    const memory = await dcl.evaluate.embed(model, support, { onProgress });
    const { indices, similarities } = await dcl.evaluate.nearestNeighbours(
      memory,
      await dcl.evaluate.embed(model, queries),
      { k: 1 },
    );
    const same = indices.filter((row, i) => support.labels[row] === queries.labels[i]).length;
    shares.push({ loss, epoch, share: same / queries.length, similarity: mean([...similarities]) });
    const name = (set: dcl.data.Dataset, i: number) => set.classes[set.labels[i]];
    for (const i of firstOfClass) {
      const image = (set: dcl.data.Dataset, row: number) => set.read([row]);
      shown.push({
        ...{ loss, epoch, label: name(queries, i), neighbour: name(support, indices[i]) },
        similarity: similarities[i],
        shape: [...queries.shape],
        query: Uint8Array.from(await image(queries, i)),
        pixels: Uint8Array.from(await image(support, indices[i])),
      });
    }
  };

  for (const loss of losses) {
    const folder = `${runs}/followed-${loss}`;
    for (let epoch = 1; epoch <= trial.epochs; epoch++) {
      const { width, stem, seed } = trial;
      const run = dcl.train.pretrain({
        encoder: dcl.models.byName(trial.architecture, {
          inputShape: images.shape,
          stem,
          seed,
          ...(width !== null && { width }),
        }),
        data: images,
        method: dcl.methods.nnclr({
          loss: dcl.losses.byName(loss, { temperature: trial.temperature }),
          head: { outputFeatures: trial.headFeatures },
          queueSize: trial.queueSize,
        }),
        batchSize: trial.batchSize,
        epochs: trial.epochs,
        seed,
        learningRate: trial.peakLearningRate,
        views: JSON.parse(trial.views),
        checkpoint: folder,
        existing: epoch === 1 ? 'overwrite' : 'resume',
      });
      const { epochs } = await dcl.notebook.watch(untilNextEpoch(run));
      if (epochs.length < epoch) throw new Error('Stopped before the end: nothing was saved.');
      if (epoch === 1) await look(loss, 0, folder, 'initial');
      await look(loss, epoch, folder, 'trained');
    }
  }
  const scale = {
    ...{ trial: trial.key, data: train.name, support: support.length, queries: queries.length },
    classes: queries.classes.length,
  };
  await dcl.experiments.writeTable(`${saved}-neighbours`, shares, scale);
  const few = shown.filter(
    ({ loss, epoch }) => loss === 'dcl' && [0, 1, trial.epochs].includes(Number(epoch)),
  );
  await dcl.experiments.writeTable(`${saved}-images`, few, scale);
}

// %% [markdown]
// ## 3. Do neighbours share the class?
//
// After every epoch: the embeddings of some training images as the queue holds them, and for each of some test images the nearest. Nothing of this is used in training, labels least of all.
//
// Each line shows a test image, then its neighbour before training (0), after one epoch (1) and at the end, for the encoder that was trained with DCL. **Before you run the next cell:**
// what would an untrained network find similar in two pictures?

// %%
interface ImageRow {
  epoch: number;
  label: string;
  neighbour: string;
  shape: [number, number, number];
  query: Uint8Array;
  pixels: Uint8Array;
}
const looked = (await dcl.experiments.readTable(`${saved}-images`)).table.objects() as ImageRow[];
const epochsShown = [...new Set(looked.map(({ epoch }) => epoch))];
const perEpoch = looked.length / epochsShown.length;
const columns = Array.from({ length: perEpoch }, (_, i) => {
  const own = epochsShown.map((_, e) => looked[e * perEpoch + i]);
  return [
    { pixels: own[0].query, caption: own[0].label },
    ...own.map(({ epoch, pixels, neighbour }) => ({ pixels, caption: `${epoch}: ${neighbour}` })),
  ];
});
const cells = columns.flat();
dcl.notebook.show(
  dcl.notebook.images(Uint8Array.from(Buffer.concat(cells.map(({ pixels }) => pixels))), {
    shape: looked[0].shape,
    columns: epochsShown.length + 1,
    labels: cells.map(({ caption }) => caption),
  }),
);

// %%
interface Share {
  loss: string;
  epoch: number;
  share: number;
  similarity: number;
}
const followed = await dcl.experiments.readTable(`${saved}-neighbours`);
const shares = followed.table.objects() as Share[];
const { provenance } = followed as unknown as { provenance: Record<string, number> };
const first = rows[0];
const scale = `${provenance.queries} test images among ${provenance.support} training images of ${first.data}<br>${first.architecture}${first.width === null ? '' : ` of width ${first.width}`}, seed ${first.seed}`;
dcl.notebook.show(
  dcl.figures.neighbourClasses(
    Object.fromEntries(
      losses.map((loss) => [loss === 'dcl' ? 'DCL' : 'InfoNCE', shares.filter((row) => row.loss === loss)]),
    ),
    { subtitle: scale, chance: 1 / provenance.classes },
  ),
);

// %%
const epochs = [...new Set(shares.map(({ epoch }) => epoch))];
const of = (loss: string, epoch: number) => shares.find((row) => row.loss === loss && row.epoch === epoch);
dcl.notebook.show(
  aq.from(
    epochs.map((epoch) => ({
      'epochs trained': epoch,
      'same class, InfoNCE (%)': Number((100 * of('infonce', epoch).share).toFixed(1)),
      'same class, DCL (%)': Number((100 * of('dcl', epoch).share).toFixed(1)),
      'cosine, InfoNCE': Number(of('infonce', epoch).similarity.toFixed(3)),
      'cosine, DCL': Number(of('dcl', epoch).similarity.toFixed(3)),
    })),
  ),
);

// %% [markdown]
// ## 4. Does decoupling help here?
//
// The sweep: NNCLR with each loss, several seeds, the encoder's features alone.

// %%
interface Difference {
  n: number;
  difference: number;
  low: number | null;
  high: number | null;
  verdict: dcl.experiments.Verdict;
}
type Row = dcl.experiments.ResultRow;
const points = (share: number) => `${share > 0 ? '+' : ''}${(100 * share).toFixed(2)}`;

/** DCL less InfoNCE, of trials that differ in loss and seed alone. */
function compareLosses(trials: Row[], measure: 'knnTop1' | 'linearTop1'): Difference {
  const table = dcl.experiments.comparisons(aq.from(trials), { a: 'infonce', b: 'dcl', measure });
  return table.objects()[0] as Difference;
}
const percent = (trials: Row[], loss: string, measure: 'knnTop1' | 'linearTop1') =>
  Number((100 * mean(trials.filter((row) => row.loss === loss).map((row) => row[measure]))).toFixed(2));

/** A row of a table for each accuracy. */
function described(method: string, trials: Row[]) {
  return (['knnTop1', 'linearTop1'] as const).map((measure) => {
    const { n, difference, low, high, verdict } = compareLosses(trials, measure);
    return {
      method,
      accuracy: measure === 'knnTop1' ? 'kNN' : 'linear',
      'InfoNCE (%)': percent(trials, 'infonce', measure),
      'DCL (%)': percent(trials, 'dcl', measure),
      'DCL less InfoNCE (points)': points(difference),
      '95 % interval': low === null ? '' : `${points(low)} to ${points(high)}`,
      seeds: n,
      "DCL's is": verdict,
      "InfoNCE's mean q": Number(
        mean(trials.filter((row) => row.loss === 'infonce').map((row) => row.meanQ)).toFixed(3),
      ),
    };
  });
}
dcl.notebook.show(aq.from(described('NNCLR', rows)));

// %% [markdown]
// Beside the other methods, as far as their trials agree with these in images, views, encoder, batch, temperature, learning rate, epochs and seeds. They still differ in what makes them another method, and in their heads:
// NNCLR's has a layer more, and a prediction head. So each method's two bars are a comparison; bars of two methods are a hint.
//
// **Before you run the next cell:** which of the two methods has the fewer negatives, and where should DCL matter more?

// %%
const shared = [
  'fingerprint',
  'views',
  'batchSize',
  'temperature',
  'peakLearningRate',
  'epochs',
  'architecture',
  'width',
];
const named = { simclr: 'SimCLR', moco: 'MoCo v2', nnclr: 'NNCLR' };
const elsewhere: Row[] = [];
for (const path of others) {
  const found = (await dcl.experiments.readResults(`${path}.csv`)).objects() as Row[];
  elsewhere.push(
    ...found.filter(
      (row) =>
        shared.every((name) => row[name] === first[name]) &&
        (row.queueSize === null || row.queueSize === first.queueSize) &&
        losses.some((loss) => loss === row.loss),
    ),
  );
}
const all = [...elsewhere, ...rows];
const methods = [...new Set(all.map(({ method }) => method))];
const byMethod = methods.map(
  (method) => [named[method], all.filter((row) => row.method === method)] as const,
);
dcl.notebook.show(
  dcl.figures.accuracyBars(
    Object.fromEntries(
      byMethod.flatMap(([name, trials]) =>
        losses.map((loss) => [
          `${name}, ${loss === 'dcl' ? 'DCL' : 'InfoNCE'}`,
          trials.filter((row) => row.loss === loss).map(({ knnTop1 }) => knnTop1),
        ]),
      ),
    ),
    {
      title: 'kNN accuracy by method and loss',
      measure: 'kNN top-1 accuracy (%), seeds as dots',
      subtitle: `${first.data}, batch ${first.batchSize}, queue ${first.queueSize}, ${first.epochs} epochs, temperature ${first.temperature}`,
      chance: 1 / provenance.classes,
    },
  ),
);
dcl.notebook.show(aq.from(byMethod.flatMap(([name, trials]) => described(name, trials))));

// %% [markdown]
// ## 5. What came out
//
// Told by the tables.

// %%
const last = epochs.at(-1);
for (const loss of losses) {
  const [before, after] = [of(loss, 0), of(loss, last)].map(({ share }) => `${(100 * share).toFixed(1)} %`);
  console.log(
    `${loss}: ${before} of nearest neighbours share the class before training, ${after} after ${last} epochs; chance is ${(100 / provenance.classes).toFixed(0)} %.`,
  );
}
for (const [name, trials] of byMethod) {
  const { difference, low, high, n, verdict } = compareLosses(trials, 'knnTop1');
  const interval = low === null ? '' : ` (95 % interval ${points(low)} to ${points(high)}, ${n} seeds)`;
  console.log(
    `${name}: DCL's kNN accuracy less InfoNCE's is ${points(difference)} points${interval}: ${verdict}.`,
  );
}

// %% [markdown]
// **Exercises**
// 1. A neighbour of another class is a false positive. At the share of section 3, how many of a batch's positives are false? Does training on them have to fail?
// 2. Set `changes = { queueSize: 64 }` on MNIST: a queue as short as the batch. What happens to the share of neighbours that share the class, and why?
// 3. Write the loss of section 1 with the mean of the anchor's *two* nearest neighbours as the anchor. Is $q$ larger or smaller?
// 4. In which of SimCLR, MoCo and NNCLR does $q$ depend on the batch size? In which on the queue?
