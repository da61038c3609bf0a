// %% [markdown]
// # Classroom: write InfoNCE, q and DCL yourself
//
// A contrastive loss fits in five lines. This notebook lets you write them, one quantity at a time, and checks each against the
// library: where yours differs, the check says which term is wrong, and by how much. At the end you will be able to say
//
// 1. which $2N$ by $2N$ comparisons a batch of $N$ images gives, and which of them are negatives,
// 2. how InfoNCE is made of them, and why it fades when the positive is easy,
// 3. what the multiplier $q$ is, and why a small batch makes it small,
// 4. what DCL changes, and what that does to the gradient,
// 5. how to choose settings without looking at the test images.
//
// You need: a little TypeScript, the dot product, the logarithm, and what a gradient is. Time: 60 to 90 minutes to solve, of which
// the computer needs about 2 (two CPU cores). The paper is
// [Yeh et al., *Decoupled Contrastive Learning*, ECCV 2022](https://arxiv.org/abs/2110.06848).
//
// **How it works.** Each exercise has a cell that runs but is not right yet: change it, run it, run the check below. Nothing breaks
// when it is wrong. If you are stuck, take the `//` away from the line with `hint` and run it: each run shows the next hint. You
// can go on without having solved an exercise, since later cells use the library's version until yours is right.

// %% tags=["parameters"]
const seed = 1;
const temperature = 0.1;
const student = 'nobody'; // your name on the scoreboard
const folder = '../runs/07-classroom'; // scoreboard and runs
const budget = 12000; // images that one attempt of the competition may see
const validationImages = 2000;

// %%
import * as tf from '@tensorflow/tfjs';
import * as aq from 'arquero';
import * as dcl from 'dcl-lab';

const engine = await dcl.engine.use();
console.log(`${engine.name} on ${engine.device}, ${engine.threads} threads: ${engine.reason}`);
const lesson = dcl.classroom.lesson();
const show = dcl.notebook.show;

// %% [markdown]
// ## Real images first
//
// Ten digits of MNIST, and two random views of each: a crop, brought back to full size, with brightness and contrast changed. The
// upper row is view 1, the lower row view 2. Above each other are the *positives*: two views of one image.

// %%
const mnist = await dcl.data.load('mnist');

/** Two views of so many digits, as one row of 784 pixels each. */
async function twoViews(count: number): Promise<[tf.Tensor2D, tf.Tensor2D]> {
  const digits = dcl.data.subset(mnist.train, count, { seed });
  const views = dcl.data.defaultViews(digits);
  let both: [tf.Tensor2D, tf.Tensor2D];
  for await (const batch of dcl.data.viewBatches({
    dataset: digits,
    views,
    batchSize: count,
    seed,
    epoch: 0,
  })) {
    const [view1, view2] = batch.views;
    both = [tf.tensor2d(view1, [count, 784]), tf.tensor2d(view2, [count, 784])];
  }
  return both;
}
const [pixels1, pixels2] = await twoViews(10);
show(dcl.notebook.images(tf.reshape(tf.concat([pixels1, pixels2]), [20, 28, 28, 1]), { columns: 10 }));

// %% [markdown]
// An encoder turns each view into a vector, its *embedding*. Before there is one, take the pixels themselves: 784 numbers, a vector
// like any other. Two tensors `z1` and `z2`, $[N, d]$ each, row $i$ of both from image $i$. All that follows works on any such pair.
//
// ## Exercise 1: who is similar to whom?
//
// Compare every view with every view. The similarity of two embeddings is their *cosine*, the dot product of the two after each is
// scaled to length 1:
//
// $$s(a, b) = \frac{\langle a, b \rangle}{\lVert a \rVert \, \lVert b \rVert}$$
//
// **Give** the matrix of all similarities, $[2N, 2N]$: rows and columns are view 1 of images $0$ to $N-1$, then view 2 of the same.
//
// Useful: `tf.concat`, `tf.norm(z, 'euclidean', 1, true)`, `tf.div`, `tf.matMul(a, b, false, true)`. The third argument of `tf.norm` is the
// axis, the fourth keeps it as a column.

// %% tags=["exercise-similarities"]
function similarities(z1: tf.Tensor2D, z2: tf.Tensor2D): tf.Tensor {
  const z = tf.concat([z1, z2]); // [2N, d]
  return tf.matMul(z, z, false, true); // dot products, not yet cosines
}

// %%
show(lesson.check('similarities', similarities));

// %%
// show(lesson.hint('similarities'))

// %% [markdown]
// Your matrix for the ten digits. The check may still complain: then this is the library's.
//
// **Look:** where is the diagonal, and where are the positives? Find a negative that is more similar than a positive.

// %%
const cosines = lesson.correct('similarities', similarities);
show(
  dcl.figures.similarityMatrix({
    similarities: cosines(pixels1, pixels2).dataSync(),
    labels: [1, 2].flatMap((view) => Array.from({ length: 10 }, (_, i) => `${i}, view ${view}`)),
    rows: 'anchor',
    columns: 'compared with',
    title: cosines.own ? 'Your similarities' : "Similarities (the library's)",
    subtitle: `pixels of ten MNIST digits, seed ${seed}`,
  }),
);

// %% [markdown]
// ## Exercise 2: the negatives
//
// Take one row: one *anchor* $z_i^{(k)}$, view $k$ of image $i$. Its *negatives* are both views of all **other** images. Each is
// weighed by the exponential of its similarity over the temperature $\tau$; their sum is
//
// $$U_{i}^{(k)} = \sum_{l \in \{1,2\}} \; \sum_{j \ne i} \; e^{\, s(z_i^{(k)},\, z_j^{(l)}) / \tau}$$
//
// **Give** $U$ of every anchor, $[2N]$, in the order of the rows. **Count first:** how many terms does each sum have?

// %% tags=["exercise-negatives"]
function negatives(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  const weights = tf.exp(tf.div(cosines(z1, z2), tau)); // [2N, 2N]
  return tf.sum(weights, 1); // every column counts, also those that are no negatives
}

// %%
show(lesson.check('negatives', negatives));

// %%
// show(lesson.hint('negatives'))

// %% [markdown]
// **Think:** one negative has similarity 0.9, ten have 0.3. At $\tau = 0.1$, which of them decides $U$? And at $\tau = 1$?
//
// ## Exercise 3: InfoNCE
//
// The loss of an anchor asks: of all candidates, how surely would one pick its positive, the other view of its image?
//
// $$p_i = \frac{s(z_i^{(1)}, z_i^{(2)})}{\tau} \qquad\qquad L_{i}^{(k)} = -\log \frac{e^{p_i}}{e^{p_i} + U_{i}^{(k)}}$$
//
// $p_i$ is the same for both views; the next cell has it, as $[2N]$.
//
// **Give** the loss of every anchor, $[2N]$, without their mean: the library takes that.

// %%
const U = lesson.correct('negatives', negatives);

/** Similarity of each anchor with its positive, over the temperature, [2N]. */
function positives(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  const cosine = tf.sum(tf.mul(dcl.losses.normalise(z1), dcl.losses.normalise(z2)), 1);
  return tf.div(tf.concat([cosine, cosine]), tau);
}

// %% tags=["exercise-infonce"]
function infoNCE(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  const p = positives(z1, z2, tau);
  return tf.neg(p); // no denominator yet
}

// %%
show(lesson.check('infonce', infoNCE));
const coupled = lesson.correct('infonce', infoNCE);

// %%
// show(lesson.hint('infonce'))

// %% [markdown]
// **Before you go on:** a positive becomes so easy that $e^{p_i}$ is a hundred times $U_i$. What is the loss? What can the anchor
// still learn about its negatives?
//
// ## Exercise 4: the multiplier q
//
// Differentiate $L_i$, and one factor stands before **everything**: before the pull of the positive and before the push of each
// negative (Proposition 1 of the paper). It is
//
// $$q_{i}^{(k)} = 1 - \frac{e^{p_i}}{e^{p_i} + U_{i}^{(k)}}$$
//
// **Give** $q$ of every anchor, $[2N]$.

// %% tags=["exercise-multiplier"]
function multiplier(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  const positive = tf.exp(positives(z1, z2, tau));
  return tf.div(positive, tf.add(positive, U(z1, z2, tau)));
}

// %%
show(lesson.check('multiplier', multiplier));

// %%
// show(lesson.hint('multiplier'))

// %% [markdown]
// What the paper is about, in one picture: your $q$ of 128 real digits, the same ones each time, compared in 16 batches of 8, in
// 4 batches of 32, and in one of 128.
//
// **Before you run the next cell:** for which batch size is $q$ smallest, and for which is it spread most?

// %%
const q = lesson.correct('multiplier', multiplier);
const [digits1, digits2] = await twoViews(128);
const batchSizes = [8, 32, 128];

/** The 128 digits in batches. */
function batchesOf(size: number): [tf.Tensor2D, tf.Tensor2D][] {
  const parts = (z: tf.Tensor2D) => tf.split(z, 128 / size) as tf.Tensor2D[];
  const second = parts(digits2);
  return parts(digits1).map((first, i) => [first, second[i]]);
}
const qOf = (size: number) =>
  batchesOf(size).flatMap(([z1, z2]) => Array.from(q(z1, z2, temperature).dataSync()));
show(
  dcl.figures.multiplierHistogram(
    Object.fromEntries(batchSizes.map((size) => [`batch ${size}`, qOf(size)])),
    {
      title: q.own ? 'Your q by batch size' : "q by batch size (the library's)",
      subtitle: `pixels of 128 MNIST digits, temperature ${temperature}, seed ${seed}`,
    },
  ),
);

// %% [markdown]
// ## Exercise 5: DCL
//
// $q$ comes from the positive in the denominator. Decoupled contrastive learning takes it out (Proposition 2):
//
// $$L_{\mathrm{DC},i}^{(k)} = -p_i + \log U_{i}^{(k)}$$
//
// **Give** the loss of every anchor, $[2N]$. The cell begins with your InfoNCE: which term has to go?

// %% tags=["exercise-dcl"]
function decoupled(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  return coupled(z1, z2, tau); // the positive is still in the denominator
}

// %%
show(lesson.check('dcl', decoupled));

// %%
// show(lesson.hint('dcl'))

// %% [markdown]
// **Think:** InfoNCE has a lower bound. Does DCL? What would that mean for a loss curve?
//
// Now see it. TensorFlow.js differentiates both of your losses with respect to the positive of each anchor. If the two differ by $q$
// alone, all points lie on the diagonal.

// %%
const free = lesson.correct('dcl', decoupled);

/** Length of the gradient of anchor i's loss on its positive, row i of view 2. */
function pullLength(loss: typeof free, z1: tf.Tensor2D, z2: tf.Tensor2D, i: number): number {
  return tf.tidy(() => {
    const anchor = tf.oneHot([i], 2 * z1.shape[0]);
    const ofAnchor = (z: tf.Tensor) =>
      tf.sum(tf.mul(loss(z1, z as tf.Tensor2D, temperature), tf.cast(anchor, 'float32')));
    return tf.norm(tf.slice(tf.grad(ofAnchor)(z2), [i, 0], [1, -1])).arraySync() as number;
  });
}

const anchorsShown = 24;
const ratios = batchSizes.map((size) => {
  const [z1, z2] = batchesOf(size)[0];
  const shown = Array.from({ length: Math.min(size, anchorsShown) }, (_, i) => i);
  return {
    multiplier: q(z1, z2, temperature).dataSync().slice(0, shown.length),
    ratio: shown.map((i) => pullLength(coupled, z1, z2, i) / pullLength(free, z1, z2, i)),
  };
});
const yours = coupled.own && free.own;
show(
  dcl.figures.gradientByMultiplier(
    Object.fromEntries(batchSizes.map((size, k) => [`batch ${size}`, ratios[k]])),
    {
      subtitle: `${yours ? 'your losses' : "the library's losses"}; pixels of MNIST digits, at most ${anchorsShown} anchors of a batch, temperature ${temperature}`,
    },
  ),
);

// %% [markdown]
// ## Exercise 6: the pull on the positive
//
// You have seen it; now derive it. How does training with InfoNCE move the positive $z_i^{(2)}$ of the anchor $z_i^{(1)}$? Take the
// embeddings to be of length 1, and as free vectors: differentiate $L_i^{(1)}$ with respect to $z_i^{(2)}$, on paper.
//
// **Give** minus that gradient, $-\partial L_i^{(1)} / \partial z_i^{(2)}$, for each image $i$: $[N, d]$, one row for each positive.

// %% tags=["exercise-pull"]
function pull(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  const [unit1, unit2] = [dcl.losses.normalise(z1), dcl.losses.normalise(z2)]; // rows of length 1
  return tf.div(tf.sub(unit1, unit2), tau); // from the positive straight to its anchor: is that it?
}

// %%
show(lesson.check('pull', pull));

// %%
// show(lesson.hint('pull'))

// %% [markdown]
// ## Competition: the best encoder for 12,000 images
//
// Everyone trains the same network, a ResNet-8, and may show it 12,000 images: 4,000 images three times, or 12,000 once, as you like. You
// choose the rest. The score is kNN accuracy: every image takes the class of the labelled images whose features are nearest.
//
// **Which images decide?** Whoever tries ten settings and keeps the best on the *test* images has chosen by them: their accuracy is then
// too good to be true. So 2,000 *training* images are kept apart, never trained on, as validation images. Choose by these, as often as you
// like. The test images are opened once, at the very end, for the one attempt that you chose.
//
// Change the entry, run the two cells, look at the scoreboard, try again. *Stop* ends a training: it is not entered then, and goes
// on when you run the cell again. `loss` is `'infonce'`, `'dcl'`, `'dclw'`, or one of your functions, such as `decoupled`, or any
// other that you invent.

// %%
const contest = dcl.classroom.competition({ data: mnist, folder, budget, validationImages });
const attempt = contest.attempt({
  name: student,
  loss: 'dcl', // or your own function, without quotes
  temperature: 0.2,
  batchSize: 32,
  learningRate: 0.12,
  cropScale: [0.5, 1], // smallest and largest share of the image that a view shows
  images: Math.floor(budget / 3), // different images; each is seen budget / images times
  seed: 1,
});
const outcome = await dcl.notebook.watch(attempt.run);

// %%
show(await attempt.enter(outcome));

// %%
const board = await contest.scoreboard();
const short = { batchSize: 'batch', learningRate: 'rate', cropFrom: 'crops from', cropTo: 'to' };
show(board.rename(short).select(aq.not('finishedAt', 'run', 'seconds')));

// %% [markdown]
// And $q$? The encoder that you have just trained, and the same network before its first step, on the same batch of 32 digits.
//
// **Before you run the next cell:** did training make $q$ larger or smaller?

// %%
async function multipliersOf(weights: 'initial' | 'trained') {
  const { encoder, projection } = await dcl.train.loadModels(attempt.folder, { weights });
  const embed = (pixels: tf.Tensor2D) =>
    projection.predict(encoder.predict(tf.reshape(pixels, [-1, 28, 28, 1]))) as tf.Tensor2D;
  const [z1, z2] = batchesOf(32)[0].map(embed);
  return q(z1, z2, temperature).dataSync();
}
show(
  dcl.figures.multiplierHistogram(
    { 'before training': await multipliersOf('initial'), 'after training': await multipliersOf('trained') },
    { subtitle: `two views of 32 MNIST digits, temperature ${temperature}` },
  ),
);

// %% [markdown]
// **When you have chosen**, and only then, run the next cell without its `//`. Your best attempt by validation accuracy is scored on
// the 10,000 test images, once.

// %%
// show(await contest.final(student))

// %% [markdown]
// ## Where you stand

// %%
show(lesson.standing());

// %% [markdown]
// **To take with you.** InfoNCE and DCL differ in one term of a denominator. That term puts $q$ before the whole gradient: easy positives
// and small batches switch the learning off. Notebook [01-npc-analysis](01-npc-analysis.ipynb) follows $q$ through batch sizes and
// training, [02-batch-size-ablation](02-batch-size-ablation.ipynb) measures what it costs in accuracy.
//
// **To hand in:** this notebook, and `runs/07-classroom/scoreboard.csv`.
