import type { SettingsGroup, TorchPretraining } from './pretraining.js';
import { torchvisionName } from './torchvision-name.js';

export type Value = number | string | readonly number[];

export interface Field {
  readonly name: string;
  readonly type: 'int' | 'float' | 'str' | 'tuple[float, ...]' | 'tuple[int, ...]';
  readonly value: Value | undefined;
}

/** What the two optimisers' settings are made of. */
type OptimiserNumbers = Readonly<Record<'momentum' | 'weightDecay', number>> &
  Readonly<Partial<Record<'trustCoefficient' | 'epsilon', number>>> & { readonly form?: string };

export interface Group {
  readonly title: string;
  readonly fields: readonly Field[];
}

/** The settings of the script; a field without a value is left out. */
export function settingsGroups(pretraining: TorchPretraining): Record<SettingsGroup, Group> {
  const { loss, batchSize, epochs, seed, optimiser, learningRate } = pretraining;
  const { warmupEpochs, warmupStart, cosineFloor } = pretraining;
  const { momentum, weightDecay, trustCoefficient, epsilon, form } = optimiser.settings as OptimiserNumbers;
  return {
    method: { title: 'Method; its name says what the code below is', fields: methodFields(pretraining) },
    loss: {
      title: 'Loss; its name says what the code below is',
      fields: [
        field('loss', 'str', loss.name),
        field('temperature', 'float', loss.settings.temperature),
        field('sigma', 'float', loss.settings.sigma),
      ],
    },
    encoder: { title: 'Encoder', fields: encoderFields(pretraining) },
    head: {
      title: 'Projection head; the code below says which layers batch norm follows',
      fields: [
        field('head_hidden', 'int', pretraining.head.hiddenFeatures),
        field('head_output', 'int', pretraining.head.outputFeatures),
        field('head_batch_norm', 'str', pretraining.head.batchNorm),
      ],
    },
    views: { title: 'Views', fields: viewFields(pretraining) },
    batch: {
      title: 'Images of a step over all processes, passes over the images',
      fields: [
        field('batch_size', 'int', batchSize),
        field('epochs', 'int', epochs),
        field('seed', 'int', seed),
      ],
    },
    optimiser: {
      title: 'Optimiser; its name says what the code below is',
      fields: [
        field('optimiser', 'str', form === undefined ? optimiser.name : `${optimiser.name}, ${form}`),
        field('momentum', 'float', momentum),
        field('weight_decay', 'float', weightDecay),
        field('trust_coefficient', 'float', trustCoefficient),
        field('epsilon', 'float', epsilon),
      ],
    },
    learningRate: {
      title: 'Highest learning rate',
      fields: [
        typeof learningRate === 'number'
          ? field('learning_rate', 'float', learningRate)
          : field('learning_rate_base', 'float', learningRate.base),
      ],
    },
    schedule: {
      title: 'Linear warm-up, then half a cosine',
      fields: [
        field('warmup_epochs', 'float', warmupEpochs),
        field('warmup_start', 'float', warmupStart),
        field('cosine_floor', 'float', cosineFloor),
      ],
    },
  };
}

function methodFields({ method }: TorchPretraining): Field[] {
  const name = field('method', 'str', method.name);
  if (method.name === 'simclr') return [name];
  const queueSize = field('queue_size', 'int', method.queueSize);
  if (method.name === 'nnclr') {
    return [name, queueSize, field('prediction_hidden', 'int', method.predictionFeatures)];
  }
  return [
    name,
    queueSize,
    field('key_momentum', 'float', method.keyMomentum),
    field('key_momentum_schedule', 'str', method.keyMomentumSchedule),
  ];
}

function encoderFields({ encoder }: TorchPretraining): Field[] {
  const { stem, width, stages, standardise } = encoder;
  const name = torchvisionName(encoder);
  const pixels = standardise === 'none' ? undefined : standardise;
  return [
    field('encoder', 'str', name ?? 'the ResNet below'),
    ...(name === undefined
      ? [
          field('width', 'int', width),
          field('stages', 'tuple[int, ...]', stages),
          field('stem_kernel', 'int', stem.kernelSize),
          field('stem_stride', 'int', stem.stride),
          field('stem_padding', 'int', stem.padding ?? (stem.kernelSize - 1) / 2),
        ]
      : []),
    field('pixel_mean', 'tuple[float, ...]', pixels?.mean),
    field('pixel_deviation', 'tuple[float, ...]', pixels?.deviation),
  ];
}

function viewFields({ views, encoder }: TorchPretraining): Field[] {
  return [
    field('view_size', 'tuple[int, ...]', encoder.inputShape.slice(0, 2)),
    field('crop_scale', 'tuple[float, ...]', views.cropScale),
    field('crop_ratio', 'tuple[float, ...]', views.cropRatio),
    field('flip_probability', 'float', views.flipProbability),
    field('jitter_probability', 'float', views.jitterProbability),
    field('brightness', 'float', views.brightness),
    field('contrast', 'float', views.contrast),
    field('saturation', 'float', views.saturation),
    field('hue', 'float', views.hue),
    field('grayscale_probability', 'float', views.grayscaleProbability),
    field('blur_probability', 'float', views.blur?.probability),
    field('blur_sigma', 'tuple[float, ...]', views.blur?.sigma),
  ];
}

/** A number, a string or some numbers under a name, or nothing. */
function field(name: string, type: Field['type'], value: Value | undefined): Field {
  return { name, type, value };
}
