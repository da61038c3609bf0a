// %% [markdown]
// # Classroom: solutions, for the teacher
//
// Solutions of [07-classroom](07-classroom.ipynb), each checked as a student's is. The tests put them into the students' notebook and
// run it, so they cannot rot. Take this file and its `.ts` away before you hand the folder to a class.
//
// Other solutions are as right: the check compares values and gradients, not text.

// %%
import * as tf from '@tensorflow/tfjs';
import * as dcl from 'dcl-lab';

await dcl.engine.use();
const lesson = dcl.classroom.lesson();
const show = dcl.notebook.show;

// %% [markdown]
// ## Exercise 1: similarities
//
// Usual mistakes: the lengths are forgotten; `tf.norm` without an axis gives one length for the whole matrix.

// %% tags=["exercise-similarities"]
function similarities(z1: tf.Tensor2D, z2: tf.Tensor2D): tf.Tensor {
  const z = tf.concat([z1, z2]);
  const unit: tf.Tensor2D = tf.div(z, tf.norm(z, 'euclidean', 1, true));
  return tf.matMul(unit, unit, false, true);
}

// %%
show(lesson.check('similarities', similarities));
const cosines = lesson.correct('similarities', similarities);

// %% [markdown]
// ## Exercise 2: negatives
//
// Each sum has $2(N-1)$ terms. Usual mistakes: the anchor itself or the positive stays in; only the other view is summed. Who
// *subtracts* $e^{1/\tau}$ instead of masking loses the digits at a low temperature, and the check says so.
//
// The question: at $\tau = 0.1$ the one with 0.9 has $e^9 = 8103$, the ten others $10 e^3 = 201$; at $\tau = 1$ it is 2.5 against 13.5. The
// temperature decides whether the hardest negative or their number matters.

// %% tags=["exercise-negatives"]
function negatives(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  const others = tf.sub(1, tf.tile(tf.eye(z1.shape[0]), [2, 2])); // 0 where row and column are of one image
  return tf.sum(tf.mul(tf.exp(tf.div(cosines(z1, z2), tau)), others), 1);
}

// %%
show(lesson.check('negatives', negatives));
const U = lesson.correct('negatives', negatives);

/** Similarity of each anchor with its positive, over the temperature, [2N]. */
function positives(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  const cosine = tf.sum(tf.mul(dcl.losses.normalise(z1), dcl.losses.normalise(z2)), 1);
  return tf.div(tf.concat([cosine, cosine]), tau);
}

// %% [markdown]
// ## Exercise 3: InfoNCE
//
// The question: $L = -\log(100/101) = 0.00995$. $q = 1/101$ also multiplies what the anchor learns of its negatives: nearly nothing is left.

// %% tags=["exercise-infonce"]
function infoNCE(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  const p = positives(z1, z2, tau);
  return tf.sub(tf.log(tf.add(tf.exp(p), U(z1, z2, tau))), p);
}

// %%
show(lesson.check('infonce', infoNCE));

// %% [markdown]
// ## Exercise 4: the multiplier q
//
// The cell that students begin with gives $1 - q$. In the smallest batch $q$ is smallest, and spread most: few negatives make $U$ small
// beside $e^p$, and whether a hard one is among them is chance.

// %% tags=["exercise-multiplier"]
function multiplier(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  const sum = U(z1, z2, tau);
  return tf.div(sum, tf.add(tf.exp(positives(z1, z2, tau)), sum));
}

// %%
show(lesson.check('multiplier', multiplier));

// %% [markdown]
// ## Exercise 5: DCL
//
// The question: DCL has no lower bound of 0, and a curve below 0 is right. Compare the shapes of two losses' curves, never their heights.

// %% tags=["exercise-dcl"]
function decoupled(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  return tf.sub(tf.log(U(z1, z2, tau)), positives(z1, z2, tau));
}

// %%
show(lesson.check('dcl', decoupled));

// %% [markdown]
// ## Exercise 6: the pull
//
// $L = \log(e^p + U) - p$, so $\partial L / \partial p = e^p / (e^p + U) - 1 = -q$, and $\partial p / \partial z_i^{(2)} = z_i^{(1)} / \tau$. The
// product is $-\frac{q}{\tau} z_i^{(1)}$; minus the gradient has no minus.

// %% tags=["exercise-pull"]
function pull(z1: tf.Tensor2D, z2: tf.Tensor2D, tau: number): tf.Tensor {
  const ofView1 = tf.slice(multiplier(z1, z2, tau), [0], [z1.shape[0]]);
  return tf.mul(tf.div(tf.expandDims(ofView1, 1), tau), dcl.losses.normalise(z1));
}

// %%
show(lesson.check('pull', pull));

// %% [markdown]
// ## The competition
//
// What to expect, each from one run with seed 1 (12,000 images, kNN on the 2,000 validation images; an untrained network has 72.4 %):
//
// | changed from the entry in the notebook | validation (%) |
// |---|---|
// | nothing (DCL, temperature 0.2, batch 32, learning rate 0.12, crops 0.5 to 1, 4,000 images three times) | 88.1 |
// | crops 0.3 to 1 | 89.8 |
// | 12,000 images once | 87.9 |
// | batch 128, learning rate 0.24 | 84.1 |
// | temperature 0.5 | 81.1 |
//
// On 2,000 images an accuracy of 88 % has a 95 % interval of about 3 points in all, and a seed moves it too: ask which of these
// differences a student would defend. Too high a learning rate diverges, and the error says so.
//
// Put the scoreboards that the class hands in into one folder, any names, and read them all:
//
// ```ts
// show(await dcl.classroom.scoreboard('handed-in'));
// ```

// %%
show(lesson.standing());
