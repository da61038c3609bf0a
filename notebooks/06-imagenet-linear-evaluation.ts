// %% [markdown]
// # What an encoder knows: linear evaluation, as on ImageNet
//
// An encoder pretrained by contrast has never seen a label. Is what it has learnt of any use? The usual test puts one linear layer on its frozen features: if a straight cut separates the classes, the
// encoder has done the work. The paper's accuracies on ImageNet are measured like that, with 1.28 million labelled photographs. This notebook measures any encoder on any folder of images. You will
// 1. read images where they lie, and see what evaluation and training make of them,
// 2. load an encoder: a PyTorch checkpoint of torchvision, lightly, solo-learn, VISSL or MoCo, or a run of your own,
// 3. extract its features to disk, so that a crash costs one file at most,
// 4. evaluate it: nearest neighbours, linear on cached features, linear with augmentation, fine-tuning with few labels,
// 5. look at how it arranges the images and at what goes wrong: a map, errors, confusions, and whether the classifier knows when it is guessing,
// 6. set the numbers beside what others published, and work out what the paper's own run would take on this machine.
//
// As it stands it runs anywhere in four minutes, on MNIST written out as image files and a small encoder that it trains first: the digits stand for photographs, every step is that of ImageNet. With the
// environment variable `DCL_IMAGENET` naming a folder (of `train/CLASS/` and `val/CLASS/`, or ImageNet: extracted, as the published tar files, or as WebDataset shards) and `checkpoint` a file or the folder
// of a run, the same cells evaluate a ResNet-50.

// %% tags=["parameters"]
const images = process.env.DCL_IMAGENET ?? ''; // folder; '' writes MNIST as image files
const checkpoint = ''; // file, or folder of a run; '' trains a small encoder
const changes = {}; // to the settings of the next cell, such as { size: 96 }
const folder = '../runs/06-imagenet-linear-evaluation'; // for features and runs
const saveTo = ''; // for the table of accuracies, such as '../data/06-cifar10-dcl'
const saved = ['../data/06-cifar10-infonce', '../data/06-cifar10-dcl']; // such tables
const estimateRecipe = true; // measure what the paper's run would take here

// %%
const digits = images === '';
const settings = {
  size: digits ? 32 : 224, // height and width that the encoder sees
  trainingImages: digits ? 4000 : 0, // balanced over the classes; 0 takes all
  testImages: digits ? 2000 : 0,
  linearEpochs: 90, // on cached features
  onlineEpochs: digits ? 10 : 90, // with augmentation
  onlineRate: digits ? 2 : 0.1, // learning rate of a batch of 256
  labelledShare: digits ? 0.025 : 0.01, // of the training images, for fine-tuning
  fineTuneEpochs: digits ? 40 : 60,
  fineTuneRate: digits ? 0.8 : 0.05, // of a batch of 256
  batchSize: digits ? 64 : 256, // of both
  mapClasses: 20, // on the map of section 5: the first, where there are more
  mapImages: 500, // test images on it
  seed: 1,
  ...changes,
};
const { size, trainingImages, testImages, linearEpochs, onlineEpochs, onlineRate } = settings;
const { labelledShare, fineTuneEpochs, fineTuneRate, batchSize } = settings;
const { mapClasses, mapImages, seed } = settings;
console.log(settings);

// %%
import { randomFillSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import type * as tf from '@tensorflow/tfjs';
import * as aq from 'arquero';
import * as dcl from 'dcl-lab';

const engine = await dcl.engine.use();
console.log(`${engine.name} on ${engine.device}, ${engine.threads} threads`);

// %% [markdown]
// ## 1. Images where they lie
//
// ImageNet is 155 GB of JPEG files of every size: too much to unpack twice, far too much for memory. So nothing is decoded in advance. A *source* knows where each file is, in folders or inside the
// published archives; a *streamed* data set decodes what is asked for, on threads of its own.

// %%
const place = digits ? `${folder}/${trainingImages}-${testImages}/MNIST` : images;
if (digits) {
  const mnist = await dcl.data.load('mnist');
  const write = (part: string, all: dcl.data.Dataset, count: number) =>
    dcl.data.writeImageFolder(`${place}/${part}`, dcl.data.subset(all, count, { seed }), {
      onProgress: dcl.notebook.progress(`Files of MNIST, ${part}`),
    });
  await write('train', mnist.train, trainingImages);
  await write('val', mnist.test, testImages);
}
const part = (data: dcl.data.Dataset, count: number) =>
  count === 0 || count >= data.length ? data : dcl.data.subset(data, count, { seed });
const loaded = await dcl.data.load(place, {
  stream: true,
  size: [size, size],
  onSkip: ({ path, reason }) => console.warn(`Skipped ${path}: ${reason}`),
});
const train = part(loaded.train, trainingImages);
const test = part(loaded.test, testImages);
for (const { name, length, classes, shape } of [train, test])
  console.log(`${name}: ${length} images of ${classes.length} classes, seen as [${shape}]`);

const mapping = `${place}/LOC_synset_mapping.txt`; // Kaggle's: what each synset of ImageNet means
const meanings = existsSync(mapping) ? await dcl.data.readSynsetWords(mapping) : new Map<string, string>();
const words = train.classes.map((synset) => meanings.get(synset)?.split(',')[0] ?? synset);
/** A name for each class, and none for two: ImageNet has two cranes. */
const names = words.map((word, c) =>
  words.filter((other) => other === word).length > 1 ? `${word} (${train.classes[c]})` : word,
);

// %% [markdown]
// Three ways to look at the same files. Evaluation sees the first row: the shorter side resized to 256 pixels for every 224 that remain, then the centre. A linear classifier trains on crops and flips, the second row. Pretraining has seen pairs of views, the last two rows.

// %%
const few = dcl.data.subset(test, Math.min(8, test.length), { seed });
const order = dcl.data.epochOrder(few.length, seed, 0);
const pretrainingViews = digits
  ? dcl.data.simclrViews({
      cropScale: [0.5, 1],
      flipProbability: 0,
      saturation: 0,
      hue: 0,
      grayscaleProbability: 0,
    })
  : dcl.data.defaultViews(train);
const crops = dcl.data.supervisedViews();
const trainingCrops: typeof crops = digits ? { ...crops, cropScale: [0.5, 1], flipProbability: 0 } : crops;
const shuffled = { dataset: few, batchSize: few.length, seed, epoch: 0 };
const rows: Float32Array[] = [Float32Array.from(await few.read(order), (value) => value / 255)];
for await (const { inputs } of dcl.data.augmentedBatches({ ...shuffled, views: trainingCrops }))
  rows.push(inputs);
for await (const { views } of dcl.data.viewBatches({ ...shuffled, views: pretrainingViews }))
  rows.push(...views);
const captions = Array.from(order, (index) => names[few.labels[index]]);
dcl.notebook.show(
  dcl.notebook.images(Float32Array.from(rows.flatMap((row) => [...row])), {
    shape: few.shape,
    columns: few.length,
    labels: rows.flatMap(() => captions),
  }),
);

// %% [markdown]
// ## 2. An encoder
//
// Without a `checkpoint`, the next cell pretrains a ResNet-8 of width 16 on the training images, not on their labels: SimCLR with the DCL loss, batch 32, 5 epochs.
//
// A file from elsewhere is read without executing anything that it holds: PyTorch's format can run programs when Python loads it, here only tensors are built. Which of them are the encoder's, and
// which architecture it has, is told from their names and shapes.

// %%
async function pretrained(): Promise<{ encoder: tf.LayersModel; baseline: tf.LayersModel }> {
  const fresh = () => dcl.models.resnet8({ inputShape: train.shape, width: 16, seed });
  const encoder = fresh();
  const run = dcl.train.pretrain({
    encoder,
    data: train,
    method: dcl.methods.simclr({ loss: dcl.losses.dcl({ temperature: 0.2 }) }),
    batchSize: Math.min(32, train.length),
    epochs: 5,
    seed,
    learningRate: 0.12,
    views: pretrainingViews,
    checkpoint: `${folder}/pretraining`,
    existing: 'overwrite',
  });
  await dcl.notebook.watch(run);
  return { encoder, baseline: fresh() };
}

async function fromElsewhere(path: string): Promise<{ encoder: tf.LayersModel; baseline?: tf.LayersModel }> {
  if (existsSync(`${path}/run.json`)) {
    const baseline = await dcl.train.loadEncoder(path, { weights: 'initial' });
    return { encoder: await dcl.train.loadEncoder(path), baseline };
  }
  const found = await dcl.weights.loadResNet(path, { inputShape: train.shape });
  console.log(
    `A ResNet at "${found.prefix}" (${found.project ?? 'names of no known project'}); not used: ${found.unused.join(', ') || 'nothing'}`,
  );
  return { encoder: found.encoder };
}

const { encoder, baseline } = checkpoint === '' ? await pretrained() : await fromElsewhere(checkpoint);
const dimension = encoder.outputShape[1] as number;
console.log(
  `${encoder.name}: ${(encoder.countParams() / 1e6).toFixed(2)} million parameters, images [${encoder.inputs[0].shape.slice(1)}] to ${dimension} features`,
);

// %% [markdown]
// ## 3. Features on disk
//
// The encoder stays as it is, so each image needs to pass it once. A ResNet-50 gives 2,048 numbers an image: 10.5 GB for ImageNet, written in files of 2,048 rows with a checksum each. Stop the cell and run it again: complete
// files are kept, the one under way is made anew.

// %%
/** Where the work on this encoder is kept: another encoder, or other images, have a place of their own. */
const own = `${folder}/${(await dcl.evaluate.encoderFingerprint(encoder)).slice(0, 12)}-${train.length}`;

const extract = (model: tf.LayersModel, data: dcl.data.Dataset, path: string) => {
  const show = dcl.notebook.progress(`Features of ${data.name}`);
  return dcl.evaluate.extractFeatures(model, data, path, {
    onProgress: ({ done, total }) => show(done, total),
  });
};
const memory = await extract(encoder, train, `${own}/train`);
const queries = await extract(encoder, test, `${own}/val`);
const megabytes = ({ count, dimension }: dcl.evaluate.FeatureSet) =>
  ((4 * count * dimension) / 1e6).toFixed(1);
console.log(
  `${memory.count} and ${queries.count} rows of ${memory.dimension} features, ${megabytes(memory)} and ${megabytes(queries)} MB`,
);

// %% [markdown]
// ## 4. Four questions to one encoder
//
// | | what is asked | what is trained |
// |---|---|---|
// | kNN | do the 200 most similar training images vote for the right class? | nothing |
// | linear, cached | does a straight cut through the features separate the classes? | one layer, on the features of section 3, each standardised |
// | linear, online | the same, as papers report it: each epoch sees other crops and flips | one layer, the encoder runs every time |
// | fine-tuning | does the encoder help where labels are few? | everything, on a share of the labels |
//
// All report the last epoch. The best of all epochs, which some papers report, is chosen by looking at the test set. Where an untrained copy of the encoder is at hand, it is asked too.
//
// **Before you run the next cells:** which do you expect to be lowest, and which highest? How far from each other are *cached* and *online*?

// %%
const measured: { protocol: string; result: dcl.evaluate.Classification; best?: number }[] = [];
const voted = await dcl.evaluate.knn(memory, queries);
measured.push({ protocol: 'kNN', result: voted });
const linear = await dcl.evaluate.linearEvaluation(memory, queries, {
  epochs: linearEpochs,
  seed,
  onEpoch: dcl.notebook.progress('Epochs of linear evaluation'),
});
measured.push({ protocol: 'linear, cached', result: linear });
if (baseline !== undefined) {
  const [before, after] = await Promise.all([
    dcl.evaluate.embed(baseline, train),
    dcl.evaluate.embed(baseline, test),
  ]);
  measured.push({ protocol: 'kNN, untrained', result: await dcl.evaluate.knn(before, after) });
  measured.push({
    protocol: 'linear, cached, untrained',
    result: await dcl.evaluate.linearEvaluation(before, after, { epochs: linearEpochs, seed }),
  });
}

// %%
const online = await dcl.notebook.watchEvaluation(
  dcl.evaluate.onlineLinearEvaluation({
    ...{ encoder, train, test, epochs: onlineEpochs, batchSize, views: trainingCrops, seed },
    learningRate: (onlineRate * batchSize) / 256,
    checkpoint: `${own}/online`,
    existing: 'resume',
  }),
);

// %%
const labelled = dcl.data.subset(
  train,
  Math.max(train.classes.length, Math.round(labelledShare * train.length)),
  { seed },
);
const fineTuneBatch = Math.min(batchSize, Math.floor(labelled.length / 2));
const fineTuning = (name: string, from: tf.LayersModel) =>
  dcl.notebook.watchEvaluation(
    dcl.evaluate.fineTune({
      ...{ encoder: from, train: labelled, test, epochs: fineTuneEpochs, views: trainingCrops, seed },
      batchSize: fineTuneBatch,
      learningRate: (fineTuneRate * fineTuneBatch) / 256,
      checkpoint: `${own}/${name}`,
      existing: 'resume',
    }),
  );
const fineTuned = await fineTuning('fine-tuned', encoder);
const fromScratch = baseline && (await fineTuning('from-scratch', baseline));

// %%
const runs = [
  ['linear, online', online],
  [`fine-tuning, ${labelled.length} labels`, fineTuned],
  [`from scratch, ${labelled.length} labels`, fromScratch],
] as const;
for (const [protocol, run] of runs) {
  if (run === undefined) continue;
  if (run.result === undefined) throw new Error(`${protocol} was stopped: run its cell again, it goes on.`);
  measured.push({ protocol, result: run.result, best: run.result.maximumOverEpochs.top1 });
}
const percent = (share: number) => Number((100 * share).toFixed(2));
const accuracies = measured.map(({ protocol, result, best }) => {
  const { low, high } = dcl.evaluate.accuracyInterval(result.top1, test.length);
  return {
    protocol,
    'top-1 (%)': percent(result.top1),
    '95 % interval over images': `${percent(low)} to ${percent(high)}`,
    'top-5 (%)': percent(result.top5),
    'best epoch, chosen on the test set (%)': best === undefined ? null : percent(best),
  };
});
dcl.notebook.show(aq.from(accuracies));
dcl.notebook.show(
  dcl.figures.accuracyBars(
    Object.fromEntries(measured.map(({ protocol, result }) => [protocol, result.top1])),
    {
      title: 'What the encoder knows',
      subtitle: `${test.length} test images of ${train.name.replace(/ train.*/, '')}, seed ${seed}`,
      chance: 1 / train.classes.length,
    },
  ),
);
const scale = {
  ...{ data: train.name, images: train.length, testImages: test.length, labels: labelled.length },
  ...{ encoder: encoder.name, dimension, settings },
};
if (saveTo !== '')
  await dcl.experiments.writeTable(
    saveTo,
    measured.map(({ protocol, result: { top1, top5 } }) => ({ protocol, top1, top5 })),
    scale,
  );

// %% [markdown]
// How to read it:
// - *Untrained*: convolutions with random weights are no bad features already. What pretraining has added is the distance to these, and each protocol sees another part of it.
// - *Cached* and *online* ask the same, but not under the same conditions: standardised features, the same in every epoch, against other crops every time, for `linearEpochs` and `onlineEpochs`. With few
//   online epochs, cached may well be ahead. Papers' numbers are usually online, of 90 or 100 epochs.
// - *Fine-tuning* and *from scratch* share their few labels and all settings: their distance is what pretraining is worth where labels are few.
// - The interval tells how much other test images would change. Another seed changes the numbers too; only more runs tell how much.
//
// ## 5. What the encoder sees, and what goes wrong
//
// A map first: each point is a test image (of the first `mapClasses` classes, where there are more; of ImageNet these are fish and birds), its colour the class, placed by UMAP so that neighbours stay
// neighbours. Point at a point to see its image; click it to see the images whose features are most similar, wherever the map has put them. Look for
// - a point among others of another colour: what do it and its neighbours share, if not the class?
// - two colours that run into each other: which cells of the confusion matrix below will be darkest?

// %%
/** At most `count` of these rows, spread evenly. */
const spread = (all: Int32Array, count: number) => {
  const step = Math.ceil(all.length / count);
  return all.filter((_, i) => i % step === 0);
};
/** The features of some test images, from the files of section 3. */
const featuresOf = async (chosen: Int32Array): Promise<dcl.evaluate.Embeddings> => {
  const { name, length: count, labels, classes } = dcl.data.subset(test, chosen);
  return { name, count, dimension, labels, classes, features: await queries.rows(chosen) };
};
const testRows = Int32Array.from(test.labels.keys());
const mapRows = spread(
  testRows.filter((row) => test.labels[row] < mapClasses),
  mapImages,
);
const embeddings = await featuresOf(mapRows);
dcl.notebook.show(
  await dcl.notebook.embeddingMap({
    points: dcl.figures.project(embeddings, { method: 'umap', seed }),
    embeddings: { ...embeddings, classes: names.slice(0, mapClasses) },
    dataset: dcl.data.subset(test, mapRows),
    title: 'How the encoder arranges the test images',
    subtitle: `UMAP of ${dimension} features, ${test.name}, seed ${seed}`,
  }),
);

// %% [markdown]
// What kNN gets wrong. Each line is a test image, its class and what the 200 voted for, then the five nearest of these training images, each with its class and cosine similarity. A neighbour of another
// class is not always nonsense: what do the two images share? And where the five are of the right class: who has outvoted them?

// %%
const wrong = spread(
  testRows.filter((row) => voted.predictions[row] !== test.labels[row]),
  6,
);
const nearest = await dcl.evaluate.nearestNeighbours(memory, await featuresOf(wrong), { k: 5 });
const cells: { pixels: Uint8Array; caption: string }[] = [];
for (const [i, row] of wrong.entries()) {
  const caption = `${names[test.labels[row]]} as ${names[voted.predictions[row]]}`;
  cells.push({ pixels: await test.read([row]), caption });
  for (let at = i * nearest.k; at < (i + 1) * nearest.k; at++) {
    const neighbour = nearest.indices[at];
    const caption = `${names[train.labels[neighbour]]} ${nearest.similarities[at].toFixed(3)}`;
    cells.push({ pixels: await train.read([neighbour]), caption });
  }
}
const showGrid = (all: typeof cells, columns: number) => {
  if (all.length === 0) return console.log('There are no errors.');
  const pixels = Uint8Array.from(Buffer.concat(all.map((cell) => cell.pixels)));
  const labels = all.map(({ caption }) => caption);
  dcl.notebook.show(dcl.notebook.images(pixels, { shape: test.shape, columns, labels }));
};
showGrid(cells, nearest.k + 1);

// %% [markdown]
// The errors that the linear classifier is surest of: label, then prediction and its probability. Are some of the labels wrong?

// %%
const classified = { ...linear, classes: names };
const errors: typeof cells = [];
for (const { index, label, prediction, confidence } of dcl.evaluate.hardestErrors(classified, { limit: 12 }))
  errors.push({
    pixels: await test.read([index]),
    caption: `${label} as ${prediction} ${Math.round(100 * confidence)} %`,
  });
showGrid(errors, 6);

// %% [markdown]
// Which classes are taken for which? Compare with the map: do the pairs that it puts side by side stand out here? The classifier has all features to cut through, the map two coordinates.

// %%
const confusions = dcl.evaluate.confusionMatrix(classified);
const subtitle = `linear evaluation, ${test.length} test images`;
dcl.notebook.show(dcl.figures.confusionMatrix(confusions, { subtitle }));
dcl.notebook.show(dcl.figures.classAccuracy(classified, { subtitle }));

// %% [markdown]
// A classifier that says 80 % should be right in 80 % of such cases. On the diagonal it is; below it is overconfident. The *expected calibration error* is the mean distance from the diagonal.
//
// **Before you run the next cell:** one of the two classifiers has seen few labels, and not for long. On which side of the diagonal do you expect it?

// %%
const classifiers = {
  'linear, cached': linear,
  [`fine-tuned on ${labelled.length} labels`]: fineTuned.result,
};
const knows = Object.fromEntries(
  Object.entries(classifiers).map(([name, result]) => [name, dcl.evaluate.calibration(result)]),
);
dcl.notebook.show(dcl.figures.reliabilityDiagram(knows, { subtitle: `${test.length} test images` }));
for (const [name, { confidences, top1 }] of Object.entries(classifiers)) {
  const said = confidences.reduce((sum, confidence) => sum + confidence, 0) / confidences.length;
  console.log(`${name}: says ${percent(said)} % on average, and is right in ${percent(top1)} %`);
}
await memory.close();
await queries.close();

// %% [markdown]
// Two things pull on the classifier with few labels. It begins unsure, and a short training leaves it so: above the diagonal. It can learn its labels by heart, and then says nearly 100 % of anything:
// below. Which has won here, and what would ten times the epochs change?

// %% [markdown]
// ## 6. Beside others' numbers
//
// The same four questions to two encoders at a larger scale: ResNet-18 of width 16, pretrained with InfoNCE and with DCL on 10,000 images of CIFAR-10 (JPEG files), batch 32, 10 epochs, as the README's
// example has it. This notebook measured each, with `-p images=CIFAR10_FOLDER -p checkpoint=../runs/dcl -p saveTo=../data/06-cifar10-dcl` and the `changes` printed below the table.
//
// It is one seed: the columns show what the protocols do, not which loss is better. Do the protocols come in the order of section 4? And why are three rows the same in both columns?

// %%
const tables = await Promise.all(saved.map((path) => dcl.experiments.readTable(path)));
const larger = tables.map(({ table, provenance }, i) => ({
  name: saved[i].split('-').at(-1),
  rows: table.objects() as { protocol: string; top1: number }[],
  provenance: provenance as typeof scale,
}));
const protocols = larger[0]?.rows.map(({ protocol }) => protocol) ?? [];
dcl.notebook.show(
  aq.from(
    protocols.map((protocol) => ({
      protocol,
      ...Object.fromEntries(
        larger.map(({ name, rows }) => [
          `${name}: top-1 (%)`,
          percent(rows.find((row) => row.protocol === protocol)?.top1 ?? Number.NaN),
        ]),
      ),
    })),
  ),
);
const scales = larger.map(
  ({ provenance: { encoder, data, testImages, settings } }) =>
    `${encoder}, ${data}, ${testImages} test images; changes ${JSON.stringify(settings)}`,
);
for (const scale of new Set(scales)) console.log(scale);

// %% [markdown]
// What was published for ImageNet-1k with a ResNet-50, to set your own number beside: never compare without reading the last three columns. `data/published.csv` has them at full length.

// %%
const published = (await dcl.experiments.published('imagenet1k')).objects() as {
  method: string;
  loss: string;
  batchSize: number | null;
  epochs: number;
  measure: string;
  value: number;
  selection: string;
  defect: string | null;
  source: string;
}[];
dcl.notebook.show(
  aq.from(
    published
      .filter(({ measure }) => measure === 'linearTop1' || measure === 'knnTop1')
      .sort((a, b) => b.measure.localeCompare(a.measure) || b.value - a.value)
      .map(({ method, loss, batchSize, epochs, measure, value, selection, defect, source }) => ({
        method: loss === 'own' ? method : `${method}, ${loss}`,
        measure: measure === 'knnTop1' ? 'kNN' : 'linear',
        'top-1 (%)': percent(value),
        batch: batchSize,
        epochs,
        'epoch reported': selection.replace(/.*best accuracy on the test set/, 'best on the test set'),
        defect,
        source: source.replace(/^https:\/\/(?:github\.com\/(.+)\/blob\/.*)?/, '$1'),
      })),
  ),
);

// %% [markdown]
// And the paper's own run: 200 epochs of a ResNet-50 at batch 256? What the paper's text leaves open comes from lightly's recipe; the table says in what the two differ.

// %%
const recipe = dcl.train.recipe('paper', 'lightly');
const differences = dcl.train.differences(dcl.train.recipe('paper'), dcl.train.recipe('lightly'));
dcl.notebook.show(aq.from(differences).rename({ a: 'paper', b: 'lightly' }));

// %% [markdown]
// How long would it take here? A few steps of 8 images tell, if the machine does nothing else meanwhile: the time of an epoch grows with its images, hardly with the batch that they come in.

// %%
if (estimateRecipe) {
  const { epochs, batchSize } = dcl.train.recipeOptions(recipe);
  const noise = dcl.data.inMemory({
    ...{ name: 'noise', shape: [224, 224, 3], classes: ['noise'], labels: new Int32Array(64) },
    pixels: randomFillSync(new Uint8Array(64 * 224 * 224 * 3)),
  });
  const timed = await dcl.train.estimate(
    {
      ...dcl.train.recipeOptions(recipe),
      encoder: dcl.models.resnet50({ stem: 'imagenet', inputShape: noise.shape, seed }),
      data: noise,
      batchSize: 8,
      epochs: 1,
      warmupEpochs: 0,
    },
    { steps: 2, onProgress: dcl.notebook.progress('Steps of ResNet-50') },
  );
  const imagesNeeded = 1_281_167 * epochs;
  const days = imagesNeeded / timed.imagesPerSecond / 86_400;
  console.log(
    `ResNet-50 trains on ${timed.imagesPerSecond.toFixed(2)} images/s here; ${epochs} epochs of 1,281,167 images are ${days.toFixed(0)} days.`,
  );
  console.log(
    `${(timed.peakMemory / 2 ** 30).toFixed(1)} GiB at a batch of 8; a batch of ${batchSize} fits with chunkSize: 8.`,
  );
  for (const imagesPerSecond of [100, 500, 1000, 2500])
    console.log(
      `A machine of ${imagesPerSecond} images/s would take ${(imagesNeeded / imagesPerSecond / 86_400).toFixed(1)} days.`,
    );
}

// %% [markdown]
// **Exercises**
// 1. The untrained encoder was asked three of the four questions. Which hides best that it knows nothing, and why? Ask it the fourth.
// 2. Run again with `changes = { linearEpochs: 5 }`, then 300. When does the accuracy on test images stop following that on training images (`linear.trainTop1`)?
// 3. In how many of the linear classifier's surest errors would you side with the prediction? What does that say about the highest accuracy that can be reached?
// 4. Open the features again, ``await dcl.evaluate.openFeatures(`${own}/train`)`` and likewise `val`, and call `dcl.evaluate.knn(memory, queries, { k })` with a `k` of 1, 20, 200 and 1000. Which is best, and
//    on what did you choose it?
