/** This library's side: whole training steps on images that PyTorch's side makes by the same formula. */
import type * as tf from '@tensorflow/tfjs';
import { dcl } from '../src/losses/index.js';
import { type Learner, simclr } from '../src/methods/index.js';
import { byName } from '../src/models/index.js';
import { TrainingStep, type ViewPair } from '../src/train/training-step.js';

export interface Case {
  readonly architecture: string;
  /** Basic blocks of each stage. */
  readonly stages: readonly number[];
  readonly width: number;
  /** Images per step; each gives two views. */
  readonly images: number;
}

export const learningRate = 0.01;
export const temperature = 0.1;

const pixels = 32 * 32 * 3;

export class OurStep {
  private readonly learner: Learner;
  private readonly training: TrainingStep;
  private readonly views: ViewPair;

  constructor({ architecture, width, images }: Case) {
    const encoder = byName(architecture, { width, seed: 1 });
    this.learner = simclr({ loss: dcl({ temperature }) }).start(encoder, 1);
    this.training = new TrainingStep(this.learner, [32, 32, 3], { momentum: 0.9, weightDecay: 5e-4 });
    this.views = [view(images, 0), view(images, images * pixels)];
  }

  get parameters(): number {
    return this.models
      .flatMap((model) => model.trainableWeights)
      .reduce((sum, weight) => sum + sizeOf(weight), 0);
  }

  /** Everything PyTorch needs to begin with the same network. */
  weights(): Record<'encoderWeights' | 'headWeights', StoredWeights> {
    const { encoder, projection } = this.learner.models;
    return { encoderWeights: stored(encoder!), headWeights: stored(projection!) };
  }

  /** Units of the head's input, hidden layer and output. */
  get head(): number[] {
    const [hidden, output] = ['hidden', 'output'].map(
      (name) => this.learner.models.projection!.getLayer(name).weights[0]!.shape as number[],
    );
    return [...hidden!, output![1]!];
  }

  /** @returns the loss of the last step */
  async run(steps: number): Promise<number> {
    let loss = Number.NaN;
    for (let step = 0; step < steps; step++) ({ loss } = await this.training.run(this.views, learningRate));
    return loss;
  }

  dispose(): void {
    this.training.optimiser.dispose();
    for (const model of this.models) model.dispose();
  }

  private get models(): tf.LayersModel[] {
    return Object.values(this.learner.models);
  }
}

/** sin(0.37 n^2 + n) scaled to [0, 1], from element `first` on. */
function view(images: number, first: number): Float32Array {
  return Float32Array.from({ length: images * pixels }, (_, i) => {
    const n = first + i;
    return 0.5 + 0.5 * Math.sin(0.37 * n * n + n);
  });
}

/** Shape and base64 of the float32 values of each weight. */
type StoredWeights = Readonly<Record<string, readonly [shape: readonly number[], data: string]>>;

function stored(model: tf.LayersModel): StoredWeights {
  const entries = model.weights.map((weight) => {
    const { buffer, byteOffset, byteLength } = weight.read().dataSync();
    const data = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
    return [weight.originalName, [weight.shape as number[], data]] as const;
  });
  return Object.fromEntries(entries);
}

function sizeOf(weight: tf.LayerVariable): number {
  return weight.read().size;
}
