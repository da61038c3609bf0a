/** How the commands that take a ResNet trained elsewhere read it. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Standardisation } from '../models/index.js';
import type { LoadResNetOptions } from '../weights/index.js';
import { given } from './option-values.js';

export interface ForeignOptions {
  readonly prefix?: string;
  readonly standardise?: 'imagenet' | 'none' | Standardisation;
  readonly ignoreUnknown?: boolean;
}

export function withForeignOptions(command: Command): Command {
  return command
    .option('--prefix <text>', 'which of several ResNets in a file, such as state_dict.module.encoder_k')
    .option(
      '--standardise <how>',
      'what a ResNet trained elsewhere expects of pixels in [0, 1]: imagenet (default), none, or MEAN,.../DEVIATION,... of each channel',
      standardisation,
    )
    .option(
      '--ignore-unknown',
      'read past whatever a PyTorch file holds beside tensors and plain values; nothing is executed',
    );
}

export function foreignOptions({ prefix, standardise, ignoreUnknown }: ForeignOptions): LoadResNetOptions {
  return { ...given({ prefix, standardise }), ...(ignoreUnknown ? { unknown: 'ignore' } : {}) };
}

/** Reads `imagenet`, `none` or `0.5,0.5,0.5/0.2,0.2,0.2`. */
function standardisation(text: string): 'imagenet' | 'none' | Standardisation {
  if (text === 'imagenet' || text === 'none') return text;
  const [mean = [], deviation = []] = text.split('/').map((list) => list.split(',').map(Number));
  if (mean.length > 0 && mean.length === deviation.length) return { mean, deviation };
  throw new InvalidArgumentError('It must be imagenet, none, or MEAN,.../DEVIATION,...');
}
