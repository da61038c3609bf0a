import { type ResNetStructure, resnets, type Stem, type StemName, stems } from '../../models/index.js';

/** What torchvision calls the encoder, whichever of the two stems it has; undefined where torchvision does not have it. */
export function torchvisionName(encoder: ResNetStructure): string | undefined {
  const { resnet8: _, ...theirs } = resnets;
  if (stemName(encoder.stem) === undefined) return undefined;
  const match = Object.entries(theirs).find(
    ([, { block, stages, width }]) =>
      block === encoder.block && String(stages) === String(encoder.stages) && width === encoder.width,
  );
  return match?.[0];
}

/** The name of a stem that has one. */
export function stemName(stem: Stem): StemName | undefined {
  return (Object.keys(stems) as StemName[]).find((name) => same(stems[name], stem));
}

function same(a: Stem, b: Stem): boolean {
  const numbers = ({ kernelSize, stride, padding = (kernelSize - 1) / 2, relu, pool }: Stem) =>
    String([kernelSize, stride, padding, relu, pool]);
  return numbers(a) === numbers(b);
}
