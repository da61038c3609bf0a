// %% [markdown]
// # One factor on every gradient: negative-positive coupling
//
// Contrastive learning with the usual loss, InfoNCE, wants large batches. [Yeh et al. (ECCV 2022)](https://arxiv.org/abs/2110.06848)
// name one reason: a single factor $q$ between 0 and 1 multiplies the whole gradient of every image, and the smaller the batch, the
// smaller and the more uneven it is. This notebook takes that statement apart:
//
// 1. we derive $q$, with every step shown, and work one anchor out by hand;
// 2. we check the derivation against automatic differentiation, on embeddings of real images;
// 3. we look at an easy and a hard anchor: the images, what pulls and what pushes;
// 4. we collect $q$ over thousands of images at batch sizes from 16 to 1,024, for encoders before and after training;
// 5. we follow $q$ through training, and see what it does to the learning rate and to the images' shares in it.
//
// Training two encoders takes minutes, so what they gave is saved in `data/01-npc-analysis*.csv`, with settings, seed and versions
// beside it; all figures are drawn from there in seconds. `retrain = true` does everything anew, also on other data: MNIST
// comes with the install. The committed run read CIFAR-10's images from JPEG files in folders; the official download holds them
// uncompressed, so its numbers will differ a little.

// %% tags=["parameters"]
const retrain = false; // true: train both encoders and collect q anew
// The settings of a new training; what was saved has its own, shown in section 2.
const dataset = 'cifar10'; // or 'mnist', or a folder with train/CLASS/*.jpg and test/CLASS/*.jpg
const images = 10000; // of the training images
const architecture = 'resnet18';
const width = 16; // channels of its first stage
const batchSize = 32;
const epochs = 2;
const temperature = 0.1;
const learningRate = 0.12; // at a batch of 128; in proportion to the batch size
const seed = 1;
const collectedImages = 8192; // whose q is collected
const batchSizes = [16, 32, 64, 128, 256, 512, 1024];
const saved = '../data/01-npc-analysis'; // without extension
const runs = '../runs/01-npc-analysis'; // checkpoints of a new training

// %%
import * as tf from '@tensorflow/tfjs';
import * as aq from 'arquero';
import * as dcl from 'dcl-lab';

const engine = await dcl.engine.use();
console.log(`${engine.name} on ${engine.device}, ${engine.threads} threads: ${engine.reason}`);

// %% [markdown]
// ## 1. Where $q$ comes from
//
// A batch holds $N$ images, two views of each; every view has an embedding $z_i^{(k)}$ of length 1. For the anchor
// $z_i^{(1)}$ the *positive* is $z_i^{(2)}$, the other view of its image. The *negatives* are the $2(N-1)$ views of all other images.
// With temperature $\tau$ and the abbreviations
//
// $$p_i = \frac{\langle z_i^{(1)}, z_i^{(2)} \rangle}{\tau} \qquad
// U_i = \sum_{l \in \{1,2\}} \sum_{j \ne i} e^{\langle z_i^{(1)}, z_j^{(l)} \rangle / \tau}$$
//
// the InfoNCE term of the anchor is
//
// $$L_i = -\log \frac{e^{p_i}}{e^{p_i} + U_i}$$
//
// **Step 1: InfoNCE is the softplus of DCL.** Divide numerator and denominator by $e^{p_i}$:
//
// $$L_i = \log\left(1 + U_i e^{-p_i}\right) = \log\left(1 + e^{\log U_i - p_i}\right) = \operatorname{softplus}(L_{\mathrm{DC},i})
// \qquad\text{with}\qquad L_{\mathrm{DC},i} = \log U_i - p_i$$
//
// What stands inside, $L_{\mathrm{DC},i}$, is the *decoupled* loss: InfoNCE without the positive in the denominator.
//
// **Step 2: the chain rule.** The derivative of $\operatorname{softplus}(x)$ is the sigmoid $\sigma(x) = 1 / (1 + e^{-x})$. So for any
// of the embeddings, call it $v$,
//
// $$\frac{\partial L_i}{\partial v} = q_i \, \frac{\partial L_{\mathrm{DC},i}}{\partial v} \qquad\text{with}\qquad
// q_i = \sigma(\log U_i - p_i) = \frac{U_i}{e^{p_i} + U_i} = 1 - \frac{e^{p_i}}{e^{p_i} + U_i}$$
//
// One number, the same for all of them: the negative-positive-coupling multiplier.
//
// **Step 3: the three gradients of the decoupled loss**, the embeddings taken as free vectors. The positive stands in $p_i$ alone:
//
// $$\frac{\partial L_{\mathrm{DC},i}}{\partial z_i^{(2)}} = -\frac{\partial p_i}{\partial z_i^{(2)}} = -\frac{1}{\tau} z_i^{(1)}$$
//
// A negative stands in one term of $U_i$:
//
// $$\frac{\partial L_{\mathrm{DC},i}}{\partial z_j^{(l)}} = \frac{1}{U_i} \frac{\partial U_i}{\partial z_j^{(l)}} =
// \frac{1}{\tau} s_j^{(l)} z_i^{(1)} \qquad\text{with}\qquad s_j^{(l)} = \frac{e^{\langle z_i^{(1)}, z_j^{(l)} \rangle / \tau}}{U_i}$$
//
// Its *share* $s_j^{(l)}$ is a softmax over the negatives: shares add up to 1, and similar negatives have the largest. The anchor
// stands in both:
//
// $$\frac{\partial L_{\mathrm{DC},i}}{\partial z_i^{(1)}} = -\frac{1}{\tau} z_i^{(2)} + \frac{1}{\tau} \sum_{l} \sum_{j \ne i} s_j^{(l)} z_j^{(l)}$$
//
// **Step 4: multiply by $q_i$.** That is Proposition 1 of the paper:
//
// $$-\frac{\partial L_i}{\partial z_i^{(1)}} = \frac{q_i}{\tau} \Big( z_i^{(2)} - \sum_{l} \sum_{j \ne i} s_j^{(l)} z_j^{(l)} \Big) \qquad
// -\frac{\partial L_i}{\partial z_i^{(2)}} = \frac{q_i}{\tau} z_i^{(1)} \qquad
// -\frac{\partial L_i}{\partial z_j^{(l)}} = -\frac{q_i}{\tau} s_j^{(l)} z_i^{(1)}$$
//
// and the same without $q_i$ is Proposition 2, the gradient of DCL.
//
// **An anchor worked out.** Embeddings in the plane, given by their angle to the anchor. **Before you run the next cell:** the
// positive turns away from the anchor, from 10 to 60 degrees. Does $q$ rise or fall? And what is lost when two of the four
// negatives are missing, as in a smaller batch?

// %%
/** q and the shares of the negatives, for an anchor at 0 degrees. */
function workedOut(positive: number, negatives: number[], tau: number) {
  const cosine = (degrees: number) => Math.cos((degrees * Math.PI) / 180);
  const terms = negatives.map((degrees) => Math.exp(cosine(degrees) / tau));
  const U = terms.reduce((sum, term) => sum + term, 0);
  const p = cosine(positive) / tau;
  return { p, U, q: U / (Math.exp(p) + U), shares: terms.map((term) => term / U) };
}

const fourNegatives = [40, 100, 170, 260];
const cases = [10, 30, 60].flatMap((positive) =>
  [fourNegatives, [100, 260]].map((negatives) => ({ positive, negatives })),
);
dcl.notebook.show(
  aq.from(
    cases.map(({ positive, negatives }) => {
      const { p, U, q, shares } = workedOut(positive, negatives, 0.5);
      return {
        'positive (degrees)': positive,
        'negatives (degrees)': negatives.join(', '),
        p,
        U,
        q,
        'pull on the positive, q/tau': q / 0.5,
        'largest share of the push': Math.max(...shares),
      };
    }),
  ),
);

// %% [markdown]
// An easy positive, near the anchor, makes $q$ small; so do few negatives, or far ones. And since $q$ stands before the whole bracket, an
// easy positive also switches off what the anchor would have learnt from its *negatives*, even a hard one. That is the
// coupling in the name.
//
// ## 2. Proposition 1 against automatic differentiation
//
// First the embeddings. With `retrain = true` the next cell trains one encoder with InfoNCE and one with DCL, from the same weights,
// on the same views; otherwise it leaves all as it was saved. It keeps
// - every reported training step's statistics of $q$,
// - $q$ collected over the data set, for the untrained encoder and both trained ones,
// - two views of 16 images, their pixels and what the InfoNCE encoder makes of them.

// %%
const trainingSteps: dcl.experiments.SavedRow[] = [];
const multipliers: dcl.experiments.SavedRow[] = [];

/** Saves q over a data set at every batch size, under the encoder's name. */
async function collect(name: string, folder: string, weights: 'initial' | 'trained', data: dcl.data.Dataset) {
  const models = await dcl.train.loadModels(folder, { weights });
  const onProgress = dcl.notebook.progress(`q of ${name}`);
  for (const row of await dcl.npc.collect(models, data, { batchSizes, temperature, seed, onProgress })) {
    const { q, ...statistics } = row;
    multipliers.push({ encoder: name, ...statistics });
  }
}

if (retrain) {
  const { train } = await dcl.data.load(dataset, { directory: '../data' });
  const data = dcl.data.subset(train, images, { seed });
  const probe = dcl.data.subset(data, collectedImages, { seed });
  const peak = (learningRate * batchSize) / 128;
  let seconds = 0;
  for (const [name, loss] of Object.entries({
    InfoNCE: dcl.losses.infoNCE({ temperature }),
    DCL: dcl.losses.dcl({ temperature }),
  })) {
    const run = dcl.train.pretrain({
      encoder: dcl.models.byName(architecture, { inputShape: data.shape, width, seed }),
      data,
      method: dcl.methods.simclr({ loss }),
      batchSize,
      epochs,
      seed,
      learningRate: peak,
      checkpoint: `${runs}/${name}`,
      existing: 'overwrite',
    });
    const history = await dcl.notebook.watch(run);
    if (history.reason === 'stopped') throw new Error('Stopped before the end: nothing was saved.');
    seconds += history.seconds;
    for (const { step, epoch, loss, multiplier } of history.steps)
      trainingSteps.push({ run: name, step, epoch, loss, ...multiplier });
    if (name === 'InfoNCE') await collect('untrained', `${runs}/${name}`, 'initial', probe);
    await collect(name, `${runs}/${name}`, 'trained', probe);
  }
  const provenance = {
    settings: await dcl.train.readRunSettings(`${runs}/InfoNCE`),
    otherLoss: (await dcl.train.readRunSettings(`${runs}/DCL`)).loss,
    architecture,
    width,
    trainSeconds: Math.round(seconds),
  };
  await dcl.experiments.writeTable(saved, multipliers, provenance);
  await dcl.experiments.writeTable(`${saved}-training`, trainingSteps, provenance);
  const few = dcl.data.subset(data, Math.min(16, images), { seed });
  const views = await dcl.npc.embeddedBatch(await dcl.train.loadModels(`${runs}/InfoNCE`), few, { seed });
  const fourDigits = (values: Float32Array) => Array.from(values, (value) => Number(value.toPrecision(4)));
  await dcl.experiments.writeTable(
    `${saved}-batch`,
    views.map((view) => ({ ...view, shape: [...view.shape], embedding: fourDigits(view.embedding) })),
    provenance,
  );
  console.log(`Trained for ${seconds.toFixed(0)} s and saved ${saved}*.csv.`);
} else console.log(`Nothing is trained: what was saved in ${saved}*.csv is read.`);

// %% [markdown]
// What the numbers below come from, as the file says:

// %%
interface Provenance {
  settings: {
    data: { name: string; fingerprint: string };
    loss: { temperature: number };
  } & Record<'batchSize' | 'epochs' | 'learningRate' | 'seed', number>;
  architecture: string;
  width: number;
  trainSeconds: number;
  computedBy: Record<'finishedAt' | 'engine' | 'processor' | 'dclLab' | 'tfjs' | 'onnxruntime', string>;
}
const byBatchSize = await dcl.experiments.readTable(saved);
const provenance = byBatchSize.provenance as unknown as Provenance;
const { settings: made, architecture: network, computedBy: by } = provenance;
const tau = made.loss.temperature;
const trained = `${network} width ${provenance.width}, trained for ${made.epochs} epochs at batch ${made.batchSize}`;
const origin = {
  images: `${made.data.name}, SHA-256 ${made.data.fingerprint.slice(0, 12)}...`,
  encoders: `${trained}, learning rate ${made.learningRate}, seed ${made.seed}`,
  losses: `InfoNCE and DCL, temperature ${tau}`,
  computed: `${by.finishedAt} on ${by.processor}; ${provenance.trainSeconds} s of training, both encoders`,
  versions: `dcl-lab ${by.dclLab}, TensorFlow.js ${by.tfjs}, ${by.engine} (onnxruntime ${by.onnxruntime})`,
};
dcl.notebook.show(aq.table({ what: Object.keys(origin), value: Object.values(origin) }));

// %% [markdown]
// The 16 images: view 1 of each in the upper rows, view 2 below.

// %%
type BatchRow = Omit<dcl.npc.EmbeddedView, 'embedding'> & { embedding: number[] };
const batch = (await dcl.experiments.readTable(`${saved}-batch`)).table.objects() as BatchRow[];
const shape = batch[0].shape;
const viewsOf = ([1, 2] as const).map((k) => batch.filter(({ view }) => view === k));
const labels = viewsOf[0].map(({ label }) => label);
const names = labels.map((label, i) => `${label} #${i}`);
const count = names.length;

/** Views as a grid of images with captions. */
function pictures(rows: BatchRow[], captions: string[], columns: number) {
  const pixels = Uint8Array.from(Buffer.concat(rows.map((row) => row.pixels)));
  return dcl.notebook.images(pixels, { shape, columns, labels: captions });
}
dcl.notebook.show(pictures([...viewsOf[0], ...viewsOf[1]], [...labels, ...labels], Math.ceil(count / 2)));

// %% [markdown]
// Now the check. For each of the 32 anchors, TensorFlow.js differentiates the loss as it is defined, $-\log$ of a fraction, with respect to
// anchor, positive and negatives; `dcl.npc.gradients` has Proposition 1. If they differ by more than $10^{-5}$ in any component, the
// cell fails.

// %%
const [z1, z2] = viewsOf.map((rows) =>
  dcl.losses.normalise(tf.tensor2d(rows.map(({ embedding }) => embedding))),
);

/** The InfoNCE term of one anchor [1, d], its positive [1, d] and its negatives [2(N - 1), d], as it is defined. */
function term(anchor: tf.Tensor, positive: tf.Tensor, negatives: tf.Tensor) {
  const compared = tf.exp(tf.div(tf.matMul(tf.concat([positive, negatives]), anchor, false, true), tau));
  const numerator = tf.slice(compared, [0, 0], [1, 1]);
  return tf.neg(tf.log(tf.div(tf.sum(numerator), tf.sum(compared))));
}

/** Rows of both views but those of image i. */
function otherRows(i: number): tf.Tensor {
  const others = names.map((_, j) => j).filter((j) => j !== i);
  return tf.concat([tf.gather(z1, others), tf.gather(z2, others)]);
}

const differences = { anchor: 0, positive: 0, negatives: 0 };
const largest = { anchor: 0, positive: 0, negatives: 0 };
for (const view of [1, 2] as const) {
  for (let image = 0; image < count; image++) {
    const [own, other] = view === 1 ? [z1, z2] : [z2, z1];
    const row = (z: tf.Tensor2D) => tf.slice(z, [image, 0], [1, -1]);
    const [anchor, positive, negatives] = tf.grads(term)([row(own), row(other), otherRows(image)]);
    const automatic = { anchor, positive, negatives };
    const closedForm = dcl.npc.gradients(z1, z2, { view, image, temperature: tau });
    for (const part of ['anchor', 'positive', 'negatives'] as const) {
      const expected = tf.reshape(closedForm[part], automatic[part].shape);
      const read = (x: tf.Tensor) => tf.max(tf.abs(x)).arraySync() as number;
      differences[part] = Math.max(differences[part], read(tf.sub(automatic[part], expected)));
      largest[part] = Math.max(largest[part], read(expected));
    }
  }
}
for (const part of ['anchor', 'positive', 'negatives'] as const)
  console.log(
    `gradient on ${part.padEnd(9)}: largest difference ${differences[part].toExponential(1)}, largest component ${largest[part].toFixed(2)}`,
  );
const worst = Math.max(...Object.values(differences));
if (!(worst < 1e-5)) throw new Error(`Proposition 1 and autodiff differ by ${worst}, more than 1e-5.`);
console.log(
  `${2 * count} anchors: Proposition 1 and autodiff agree to ${worst.toExponential(1)}, below 1e-5.`,
);

// %% [markdown]
// ## 3. One easy and one hard anchor
//
// All cosines of the batch: view 1 of each image against view 2 of each. The diagonal holds the positive pairs. A row is one
// anchor: everything dark orange beside the diagonal competes with its positive.

// %%
dcl.notebook.show(
  dcl.figures.similarityMatrix({
    similarities: tf.matMul(z1, z2, false, true).dataSync(),
    labels: names,
    rows: 'view 1',
    columns: 'view 2',
    title: 'Cosine of every view 1 with every view 2',
    subtitle: `InfoNCE encoder; ${made.data.name}, ${count} images, seed ${made.seed}`,
  }),
);

// %% [markdown]
// The easiest of the batch's anchors is the one with the smallest $q$, the hardest the one with the largest. Each line below
// shows the anchor, its positive, and the five negatives with the largest shares of the push. **Before you run the next
// cell:** the hard anchor's positive must look unlike it, or its negatives like it. Which of the two will it be?

// %%
const anatomies: dcl.npc.Anatomy[] = [];
for (const view of [1, 2] as const)
  for (let image = 0; image < count; image++)
    anatomies.push(await dcl.npc.anatomy(z1, z2, { view, image, temperature: tau }));
anatomies.sort((a, b) => a.multiplier - b.multiplier);
const [easy, hard] = [anatomies[0], anatomies.at(-1)];

for (const [kind, { view, image, similarity, multiplier, negatives }] of Object.entries({ easy, hard })) {
  const strongest = negatives.slice(0, 5);
  const others = strongest.map((negative) => viewsOf[negative.view - 1][negative.image]);
  const rows = [viewsOf[view - 1][image], viewsOf[2 - view][image], ...others];
  const captions = [
    'anchor',
    `pos. ${similarity.toFixed(2)}`,
    ...strongest.map((n) => `neg. ${n.similarity.toFixed(2)}`),
  ];
  console.log(
    `${kind} anchor, ${names[image]}: q = ${multiplier.toFixed(3)}; cosine with its positive ${similarity.toFixed(2)}; ` +
      `negatives: ${strongest.map((n) => `${names[n.image]} ${(100 * n.share).toFixed(0)} %`).join(', ')} of the push`,
  );
  dcl.notebook.show(pictures(rows, captions, 7));
}

// %%
const shown = { labels, negatives: 6, subtitle: `InfoNCE encoder; ${made.data.name}` };
dcl.notebook.show(dcl.figures.gradientAnatomy(easy, { ...shown, title: 'The easy anchor' }));

// %%
dcl.notebook.show(dcl.figures.gradientAnatomy(hard, { ...shown, title: 'The hard anchor' }));

// %% [markdown]
// Compare the blue bars of the two figures with the orange ones. DCL pulls and pushes both anchors with the same total strength
// $1/\tau$; which negatives get most of it is the same for both losses. InfoNCE scales all of it by $q$.
//
// **DCLW** goes one step further and weighs the pull alone by $w_i = 2 - e^{\langle z_i^{(1)}, z_i^{(2)} \rangle / \sigma} / \operatorname{mean}_i e^{\langle z_i^{(1)}, z_i^{(2)} \rangle / \sigma}$:
// easy positives less, hard ones more, 1 on average, the push untouched. All of the batch's anchors, by how easy the positive is:

// %%
dcl.notebook.show(
  dcl.figures.factorBySimilarity(anatomies, { subtitle: `InfoNCE encoder; ${made.data.name}` }),
);
const range = (values: number[]) => `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
console.log(`InfoNCE's q goes from ${range(anatomies.map((a) => a.multiplier))} over these anchors,`);
console.log(`DCLW's w from ${range(anatomies.map((a) => a.weight))}; DCL's factor is 1 for all.`);

// %% [markdown]
// ## 4. $q$ by batch size
//
// Now thousands of images. Their views are embedded once, and the same embeddings are cut into batches of different sizes: only the
// number of negatives differs. The paper sums each histogram up by its coefficient of variation $C_v$, standard deviation / mean.
//
// **Before you run the next cell:** twice the batch gives about twice the $U$. Write down what you expect of the mean of $q$, and of
// $C_v$, from 16 to 1,024 images; and whether training makes $q$ larger or smaller.

// %%
type EncoderRow = dcl.figures.MultiplierRow & { encoder: string };
const rows = byBatchSize.table.objects() as EncoderRow[];
const encoders = [...new Set(rows.map(({ encoder }) => encoder))];
const byEncoder = Object.fromEntries(
  encoders.map((name) => [name, rows.filter(({ encoder }) => encoder === name)]),
);
const sizes = byEncoder.untrained.map((row) => row.batchSize);
/** Every other size, so that the figure fits a screen. */
const few = Object.fromEntries(encoders.map((name) => [name, byEncoder[name].filter((_, i) => i % 2 === 0)]));
dcl.notebook.show(dcl.figures.multiplierByBatchSize(few, { subtitle: trained }));

// %%
dcl.notebook.show(dcl.figures.variationByBatchSize(byEncoder, { subtitle: trained }));

// %%
dcl.notebook.show(
  aq.from(
    sizes.map((size, i) => ({
      'batch size': size,
      ...Object.fromEntries(
        encoders.flatMap((name) => [
          [`mean q, ${name}`, Number(byEncoder[name][i].mean.toFixed(3))],
          [`C_v, ${name}`, Number(byEncoder[name][i].variation.toFixed(3))],
        ]),
      ),
    })),
  ),
);
for (const name of encoders) {
  const variations = byEncoder[name].map(({ variation }) => variation);
  const rises = sizes.slice(1).filter((_, i) => variations[i + 1] >= variations[i]);
  const [first, last] = [variations[0], variations.at(-1)];
  console.log(
    `${name}: from batch ${sizes[0]} to ${sizes.at(-1)}, C_v goes from ${first.toFixed(3)} to ${last.toFixed(3)}, ` +
      (rises.length === 0 ? 'falling at every step' : `but does not fall at batch ${rises.join(', ')}`) +
      `; the last step, from ${sizes.at(-2)}, is times ${(last / variations.at(-2)).toFixed(2)}.`,
  );
}

// %% [markdown]
// Why so: in a large batch $q$ is near 1, then $1 - q = e^{p} / (e^{p} + U) \approx e^{p} / U$. The positives stay what they are and
// $U$ grows like $N$, so all that keeps $q$ from 1, its spread included, shrinks like $1/N$: twice the batch, about half the $C_v$.
//
// ## 5. What $q$ does to training
//
// The two runs recorded $q$ as they went. In the DCL run it multiplies nothing: it is what InfoNCE *would* multiply the gradients
// by, given DCL's embeddings.

// %%
type StepRow = dcl.figures.MultiplierStep & { run: string };
const steps = (await dcl.experiments.readTable(`${saved}-training`)).table.objects() as StepRow[];
const byRun = Object.fromEntries(
  ['InfoNCE', 'DCL'].map((name) => [name, steps.filter(({ run }) => run === name)]),
);
dcl.notebook.show(
  dcl.figures.multiplierDuringTraining(byRun, {
    subtitle: `${trained}, temperature ${tau}; ${made.data.name}, seed ${made.seed}`,
  }),
);

// %% [markdown]
// Read a batch's gradient as a weighted sum: InfoNCE adds up $q_i g_i$ where DCL adds up $g_i$. With $m$ the mean of $q$,
//
// $$\sum_i q_i g_i = m \, \sum_i \frac{q_i}{m} \, g_i$$
//
// - The mean is a factor on the **learning rate**. It can be tuned away: a learning rate $1/m$ times as large gives the same step.
// - The spread gives each image another **weight**, $q_i / m$, 1 on average. No learning rate mends that. Of $n$ equally good measurements with weights of
//   coefficient of variation $C_v$, an average is worth as much as one of $n / (1 + C_v^2)$ equally weighted ones (Kish's
//   *effective sample size*). So $1/(1 + C_v^2)$ is the share of the batch that, in this sense, still counts.
//
// **Before you run the next cell:** at batch 16, what share of the anchors still counts, for the encoder that InfoNCE trained?

// %%
dcl.notebook.show(
  aq.from(
    byEncoder.InfoNCE.map(({ batchSize, mean, variation, histogram }) => {
      const anchors = histogram.reduce((sum, n) => sum + n, 0);
      const below = histogram.slice(0, histogram.length / 10).reduce((sum, n) => sum + n, 0);
      return {
        'batch size': batchSize,
        'learning rate times': Number(mean.toFixed(3)),
        'anchors that count (%)': Number((100 / (1 + variation ** 2)).toFixed(1)),
        'anchors with q below 0.1 (%)': Number(((100 * below) / anchors).toFixed(1)),
      };
    }),
  ),
);

// %% [markdown]
// Not all of that is a flaw: to look less at images that are already easy is what a loss is for. The point is that
// InfoNCE's idea of *easy* depends on the batch: add negatives, and the $q$ of the same two views rises, whatever the encoder knows.
//
// ## 6. What came out
//
// Told by the numbers of the saved run, not by what should have happened.

// %%
const smallest = byEncoder.InfoNCE[0];
const greatest = byEncoder.InfoNCE.at(-1);
const counts = ({ variation }: EncoderRow) => `${(100 / (1 + variation ** 2)).toFixed(0)} %`;
const falling = encoders.filter((name) =>
  byEncoder[name].every((row, i) => i === 0 || row.variation < byEncoder[name][i - 1].variation),
);
console.log(
  `1. Proposition 1 and automatic differentiation differ by at most ${worst.toExponential(1)} on ${2 * count} anchors.`,
);
console.log(
  `2. C_v falls with every larger batch for ${falling.length} of ${encoders.length} encoders (${falling.join(', ') || 'none'}), ` +
    `${made.data.name}, one seed.`,
);
console.log(
  `3. For the encoder that InfoNCE trained, batch ${smallest.batchSize} multiplies the learning rate by ${smallest.mean.toFixed(2)} ` +
    `and lets ${counts(smallest)} of the anchors count, batch ${greatest.batchSize} by ${greatest.mean.toFixed(2)}, and ${counts(greatest)} count.`,
);
const average = (part: StepRow[]) => part.reduce((sum, step) => sum + step.mean, 0) / part.length;
const changes = Object.entries(byRun).map(([name, run]) => {
  const tenth = Math.max(1, Math.round(run.length / 10));
  const [first, last] = [average(run.slice(0, tenth)), average(run.slice(-tenth))];
  return `with ${name} ${last < first ? 'fell' : 'did not fall'} (${first.toFixed(2)} to ${last.toFixed(2)})`;
});
console.log(
  `4. From the first to the last tenth of ${made.epochs} epochs at batch ${made.batchSize}, the mean of q ${changes.join(', ')}.`,
);

// %% [markdown]
// One seed, one temperature and few epochs: the figure of section 5 tells whether a longer training would make the coupling
// stronger or weaker. Whether it costs accuracy is another question: `02-batch-size-ablation` trains with each loss at each batch size and measures.
//
// **Exercises**
// 1. Show from the formula that $q \ge 1 - 1/(1 + 2(N-1) e^{-2/\tau})$. For which $N$ does that promise $q > 0.5$ at $\tau = 0.1$? And at $\tau = 0.5$?
// 2. Take other anchors in section 3: `anatomies[5]`, or the one with the largest DCLW weight. Can a hard anchor have an easy positive?
// 3. Set `retrain = true` and `temperature = 0.5`. Predict first what happens to $C_v$. Is that a cure for small batches?
// 4. The gradients here are with respect to the embeddings. Which step between the embedding and the weights changes the *length* of
//    a gradient again? (Hint: embeddings have length 1.)
// 5. Scale each anchor's InfoNCE term by a constant $1/q_i$ that no gradient flows through. Which loss do you get?
