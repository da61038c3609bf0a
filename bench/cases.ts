/** What is measured. */

/** Who can be asked to compute; `pytorch` is measured in both of its memory layouts. */
export const engines = ['onnxruntime', 'pytorch', 'tensorflow', 'wasm', 'cpu'] as const;
export type Engine = (typeof engines)[number];

export interface Case {
  /**
   * `train`: DCL training steps, from two views of each image to the updated weights. `embed`: the encoder's features in
   * inference mode, from the data set's pixels 0 to 255.
   */
  readonly task: 'train' | 'embed';
  readonly architecture: 'resnet8' | 'resnet18' | 'resnet50';
  readonly stem: 'cifar' | 'imagenet';
  readonly width: number;
  /** Edge of the square images. */
  readonly pixels: number;
  /** Images of one step. */
  readonly images: number;
  /** Who takes part unless the command line says otherwise. */
  readonly engines: readonly Engine[];
}

const beside: readonly Engine[] = ['onnxruntime', 'pytorch'];
const small = { stem: 'cifar', pixels: 32 } as const;
const large = { stem: 'imagenet', pixels: 224 } as const;

export const cases: readonly Case[] = [
  { task: 'train', architecture: 'resnet8', width: 16, ...small, images: 128, engines: beside },
  { task: 'train', architecture: 'resnet18', width: 16, ...small, images: 128, engines: beside },
  { task: 'train', architecture: 'resnet18', width: 64, ...small, images: 32, engines: beside },
  { task: 'train', architecture: 'resnet50', width: 64, ...large, images: 8, engines: beside },
  { task: 'embed', architecture: 'resnet18', width: 64, ...small, images: 128, engines: beside },
  { task: 'embed', architecture: 'resnet50', width: 64, ...large, images: 16, engines: beside },
  // Batches that plain JavaScript computes within seconds.
  { task: 'train', architecture: 'resnet8', width: 16, ...small, images: 4, engines },
  { task: 'embed', architecture: 'resnet18', width: 64, ...small, images: 4, engines },
];

export function titleOf({ task, architecture, width, pixels, images }: Case): string {
  return `${task} ${architecture} width ${width}, ${pixels} pixels, batch ${images}`;
}
