import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ColumnTable } from 'arquero';
import { type Dataset, defaultViews, epochOrder, type Splits, subset } from '../../data/index.js';
import { InputError, requireInteger } from '../../errors.js';
import { accuracyInterval, embed, knn } from '../../evaluate/index.js';
import { resnet8 } from '../../models/index.js';
import { loadEncoder, pretrain, type Run } from '../../train/index.js';
import { onDisk } from '../../train/run-files.js';
import { Note } from '../note.js';
import { type Entry, epochsOf, methodOf, requireName, runName } from './entry.js';
import { readScores, type Score, sorted, writeScores } from './scoreboard.js';

/** What everyone in a competition shares. */
export interface CompetitionOptions {
  /** Its training images are trained on and chosen by, its test images score at the end; labels are used by kNN only. */
  readonly data: Splits;
  /** For the runs and `scoreboard.csv`, such as `runs/07-classroom`. */
  readonly folder: string;
  /** Images that one attempt may see, each as often as it is seen; 12,000 by default. */
  readonly budget?: number;
  /** Training images kept apart to choose settings by; 2,000 by default. */
  readonly validationImages?: number;
  /** Training images with labels that vote in kNN; 4,000 by default. */
  readonly memoryImages?: number;
}

/** One attempt, ready to be trained. */
export interface Attempt {
  /** Where the run keeps its checkpoints, for `train.loadModels`. */
  readonly folder: string;
  /** For `notebook.watch`. It goes on where it was stopped; one with a loss of one's own begins again. */
  readonly run: Run;
  /**
   * Evaluates the trained encoder on the validation images and adds it to the scoreboard; a stopped one is not entered.
   * @param outcome - what `notebook.watch` returned
   */
  enter(outcome: Outcome): Promise<Note>;
}

/** How a training ended. */
export interface Outcome {
  /** A stopped training is not entered. */
  readonly reason: 'completed' | 'stopped';
  /** Spent training. */
  readonly seconds: number;
}

/**
 * Prepares a competition: everyone trains a ResNet-8 of width 16 by SimCLR within the same budget of images, and is scored by
 * kNN (k 20) on training images that were kept apart. The test images are for the final score alone.
 * @throws InputError for numbers that are no whole numbers above 0, or more images than there are
 */
export function competition(options: CompetitionOptions): Competition {
  return new Competition(options);
}

/** Made by `classroom.competition`. */
export class Competition {
  /** Images that may be trained on. */
  readonly training: Dataset;
  /** Images to choose settings by. */
  readonly validation: Dataset;
  /** Images that one attempt may see. */
  readonly budget: number;
  readonly #test: Dataset;
  readonly #memory: Dataset;
  readonly #folder: string;

  constructor({
    data,
    folder,
    budget = 12_000,
    validationImages = 2000,
    memoryImages = 4000,
  }: CompetitionOptions) {
    requireInteger('budget', budget, 2);
    requireInteger('validationImages', validationImages, 1, data.train.length - 2);
    requireInteger('memoryImages', memoryImages, 1, data.train.length - validationImages);
    const order = epochOrder(data.train.length, 0, 0);
    this.validation = subset(data.train, order.slice(0, validationImages));
    this.training = subset(data.train, order.slice(validationImages));
    this.#memory = subset(this.training, memoryImages);
    this.#test = data.test;
    this.#folder = folder;
    this.budget = budget;
  }

  /** The scoreboard's file. */
  get file(): string {
    return join(this.#folder, 'scoreboard.csv');
  }

  /**
   * Prepares one attempt; nothing is trained before its run is read.
   * @throws InputError for settings that cannot be used, or that exceed the budget
   */
  attempt(entry: Entry): Attempt {
    requireName(entry.name);
    const { batchSize, images, learningRate, cropScale, seed } = entry;
    const epochs = epochsOf(entry, this.budget);
    const encoder = resnet8({ inputShape: this.training.shape, width: 16, seed });
    const run = runName(entry);
    const folder = join(this.#folder, run);
    return {
      folder,
      run: pretrain({
        encoder,
        data: subset(this.training, images, { seed }),
        method: methodOf(entry),
        batchSize,
        epochs,
        seed,
        learningRate,
        views: { ...defaultViews(this.training), cropScale },
        checkpoint: folder,
        // The function's text is in the run's name, but what it calls may have changed since.
        existing: typeof entry.loss === 'function' ? 'overwrite' : 'resume',
      }),
      enter: async ({ reason, seconds }) => {
        if (reason === 'stopped') return stopped();
        const validation = await this.#accuracy(encoder, this.validation);
        const score: Score = {
          name: entry.name,
          validation,
          test: null,
          loss: typeof entry.loss === 'function' ? 'own' : entry.loss,
          temperature: entry.temperature,
          batchSize,
          learningRate,
          cropFrom: cropScale[0],
          cropTo: cropScale[1],
          images,
          epochs,
          seed,
          seconds: Math.round(seconds),
          finishedAt: new Date().toISOString(),
          run,
        };
        return entered(score, await this.#add(score), this.validation.length);
      },
    };
  }

  /** All attempts in this folder, as `classroom.scoreboard` sorts them. @throws InputError where the file is damaged */
  async scoreboard(): Promise<ColumnTable> {
    return sorted(await this.#scores());
  }

  /**
   * Scores the attempt with the best validation accuracy on the test images, once: afterwards the same score is told again.
   * @throws InputError where that name has no attempt, or the run of the best one is no longer there
   */
  async final(name: string): Promise<Note> {
    const scores = await this.#scores();
    const own = scores.filter((score) => score.name === name);
    const before = own.find(({ test }) => test !== null);
    if (before !== undefined) return finalNote(before, own.length, this.#test.length, true);
    const best = own.reduce<Score | undefined>(
      (a, b) => (a && a.validation >= b.validation ? a : b),
      undefined,
    );
    if (best === undefined)
      throw new InputError(`'${name}' has no attempt in ${this.file}: enter one first.`);
    const encoder = await loadEncoder(join(this.#folder, best.run));
    const test = await this.#accuracy(encoder, this.#test);
    encoder.dispose();
    const scored = { ...best, test };
    await writeScores(
      this.file,
      scores.map((score) => (score === best ? scored : score)),
    );
    return finalNote(scored, own.length, this.#test.length, false);
  }

  async #accuracy(encoder: Parameters<typeof embed>[0], images: Dataset): Promise<number> {
    const { top1 } = await knn(await embed(encoder, this.#memory), await embed(encoder, images), { k: 20 });
    return Number((100 * top1).toFixed(2));
  }

  async #scores(): Promise<Score[]> {
    const there = await stat(this.file).then(
      () => true,
      () => false,
    );
    return there ? readScores(this.file) : [];
  }

  /** An attempt that is entered again replaces itself, but keeps its final score. @returns its rank */
  async #add(score: Score): Promise<number> {
    const scores = await this.#scores();
    const same = scores.findIndex(({ run }) => run === score.run);
    const kept = same < 0 ? score : { ...score, test: scores[same]!.test };
    const all = [...scores.filter((_, index) => index !== same), kept];
    await onDisk(`The folder ${this.#folder} cannot be made`, () => mkdir(this.#folder, { recursive: true }));
    await writeScores(this.file, all);
    return 1 + all.filter(({ validation }) => validation > score.validation).length;
  }
}

function stopped(): Note {
  return new Note('hint', 'Stopped: not entered', [
    'A shorter training would be another competition. Run the cell again: it goes on from its checkpoint, or begins again where the loss is your own.',
  ]);
}

function entered({ validation, epochs, images }: Score, rank: number, count: number): Note {
  return new Note('right', `${validation} % of the validation images, place ${rank} on the scoreboard`, [
    `${images} images, ${epochs} epochs; kNN on ${count} images, 95 % interval ${interval(validation, count)}. Another attempt within that interval is not clearly better or worse, and another seed moves the score as well.`,
  ]);
}

function finalNote({ validation, test }: Score, attempts: number, count: number, before: boolean): Note {
  const again = before
    ? [
        'This was scored before, and is not scored again: choosing after a look at the test images would be choosing by them.',
      ]
    : [];
  return new Note('right', `Final score: ${test} % of the test images`, [
    `${count} images that decided nothing; 95 % interval ${interval(test!, count)}. On the validation images it was ${validation} %, the best of ${attempts} attempts: the more attempts one chooses from, the more luck is in the best of them.`,
    ...again,
  ]);
}

function interval(percent: number, count: number): string {
  const { low, high } = accuracyInterval(percent / 100, count);
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
}
