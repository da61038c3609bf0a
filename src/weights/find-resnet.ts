/** Which ResNet a file holds, told from the names and shapes of its tensors alone. */
import { InputError } from '../errors.js';
import { type ResNetParts, type Stem, stems } from '../models/index.js';
import {
  type KeyLayout,
  keyLayouts,
  type Project,
  projects,
  type ShortcutName,
  shortcutNames,
} from './resnet-keys.js';
import type { TensorFile } from './tensor-file.js';

/** A ResNet in a file. */
export interface FoundResNet {
  /** What the names of its tensors begin with, such as `state_dict.backbone.`. */
  readonly prefix: string;
  /** Where its names come from, as far as is known. */
  readonly project: string | undefined;
  readonly layout: KeyLayout;
  readonly shortcut: ShortcutName;
  readonly parts: ResNetParts;
  readonly width: number;
  readonly channels: number;
  readonly stem: Stem;
}

type Tensors = TensorFile['tensors'];

interface Candidate {
  readonly prefix: string;
  readonly layout: KeyLayout;
}

/**
 * @param prefix - which of several; by default the one that its project trains, not an average that follows it
 * @throws InputError where there is none, or several and no telling which is meant, or one of a kind that src/models does not have
 */
export function findResNet({ path, tensors }: TensorFile, prefix?: string): FoundResNet {
  const candidates = candidatesIn(tensors);
  if (candidates.length === 0) {
    throw new InputError(
      `${path} holds no ResNet that is known: no convolution, batch norm and stages under the names of torchvision, lightly, ` +
        `solo-learn, MoCo or VISSL. Its tensors are ${listed([...tensors.keys()])}.`,
    );
  }
  const project = projects.find((row) => isOf(row, candidates, tensors));
  const chosen = chosenOf(path, candidates, project, prefix);
  const isTheirs = project?.encoder === chosen.prefix || project?.followers.includes(chosen.prefix);
  return described(path, tensors, chosen, isTheirs ? project : undefined);
}

function candidatesIn(tensors: Tensors): Candidate[] {
  return [...tensors.keys()].flatMap((name) => {
    const layout = keyLayouts.find(({ stem, stages: [stage, first] }) => {
      const kernel = `${stem[0]}.weight`;
      if (name !== kernel && !name.endsWith(`.${kernel}`)) return false;
      const prefix = name.slice(0, -kernel.length);
      return tensors.get(name)!.shape.length === 4 && tensors.has(`${prefix}${stage}${first}.0.conv1.weight`);
    });
    return layout === undefined
      ? []
      : [{ layout, prefix: name.slice(0, -`${layout.stem[0]}.weight`.length) }];
  });
}

function isOf({ encoder, beside }: Project, candidates: readonly Candidate[], tensors: Tensors): boolean {
  return candidates.some(({ prefix }) => prefix === encoder) && (beside === undefined || tensors.has(beside));
}

function chosenOf(
  path: string,
  candidates: readonly Candidate[],
  project: Project | undefined,
  prefix: string | undefined,
): Candidate {
  const places = candidates.map((candidate) => `"${candidate.prefix}"`).join(', ');
  if (prefix !== undefined) {
    const dotted = prefix === '' || prefix.endsWith('.') ? prefix : `${prefix}.`;
    const chosen = candidates.find((candidate) => candidate.prefix === dotted);
    if (chosen !== undefined) return chosen;
    throw new InputError(
      `${path} holds no ResNet under the prefix "${prefix}"; it holds them under ${places}.`,
    );
  }
  const leading = candidates.filter((candidate) => !project?.followers.includes(candidate.prefix));
  if (leading.length === 1) return leading[0]!;
  throw new InputError(`${path} holds ${leading.length} ResNets: give one of ${places} as prefix.`);
}

function described(
  path: string,
  tensors: Tensors,
  { prefix, layout }: Candidate,
  project: Project | undefined,
): FoundResNet {
  const under = (name: string) => tensors.get(prefix + name)?.shape;
  const [stage, first] = layout.stages;
  const blockNames = (index: number) =>
    consecutive(
      (block) => `${stage}${first + index}.${block}`,
      (name) => under(`${name}.conv1.weight`) !== undefined,
    );
  const stages = consecutive(blockNames, (blocks) => blocks.length > 0);
  const block = under(`${stages[0]![0]}.conv3.weight`) === undefined ? 'basic' : 'bottleneck';
  const [width = 0, channels = 0, kernelSize = 0] = under(`${layout.stem[0]}.weight`)!;
  for (const [index, blocks] of stages.entries()) {
    for (const name of blocks) assertPlain(path, `${prefix}${name}`, width * 2 ** index, tensors);
  }
  return {
    prefix,
    project: project?.name,
    layout,
    shortcut: shortcutNames.find((name) => under(`${stages.at(-1)![0]}.${name}.0.weight`)) ?? 'downsample',
    parts: { block, stages: stages.map((blocks) => blocks.length) },
    width,
    channels,
    stem: stemOf(path, kernelSize, layout, project),
  };
}

/**
 * Every block has a 3x3 convolution of its stage's width as `conv2`, unless it is of a wide ResNet or a ResNeXt.
 * @throws InputError where it has not
 */
function assertPlain(path: string, block: string, width: number, tensors: Tensors): void {
  const name = `${block}.conv2.weight`;
  const [shape, expected] = [tensors.get(name)?.shape, [width, width, 3, 3]];
  if (String(shape) === String(expected)) return;
  const state = shape === undefined ? 'is missing' : `has shape [${shape}]`;
  throw new InputError(
    `${path}: ${name} ${state}; it should be [${expected}] by the width of the first convolution. Wide ResNets and ResNeXt are not ` +
      'supported.',
  );
}

/** The first values of a sequence, up to the first that is not accepted. */
function consecutive<T>(value: (index: number) => T, accepted: (value: T) => boolean): T[] {
  const values: T[] = [];
  for (let index = 0; accepted(value(index)); index++) values.push(value(index));
  return values;
}

function stemOf(path: string, kernelSize: number, { begins }: KeyLayout, project: Project | undefined): Stem {
  if (kernelSize === stems.imagenet.kernelSize) return { ...stems.imagenet, ...begins };
  if (kernelSize === stems.cifar.kernelSize) return { ...stems.cifar, ...project?.smallStem, ...begins };
  throw new InputError(`${path} begins with a kernel of ${kernelSize}x${kernelSize}; 7x7 and 3x3 are known.`);
}

function listed(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}
