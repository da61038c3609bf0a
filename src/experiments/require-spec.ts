import { readFile } from 'node:fs/promises';
import { imagenetViews } from '../data/index.js';
import { InputError } from '../errors.js';
import { names as losses } from '../losses/index.js';
import { names as methods } from '../methods/index.js';
import { architectures } from '../models/index.js';
import { factors, type SweepSpec } from './spec.js';

/** Tells what is wrong with a value, or nothing. */
type Check = (value: unknown) => string | undefined;

const is =
  (kind: string, holds: (value: unknown) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : `it must be ${kind}`;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const wholeFrom = (least: number) =>
  is(`a whole number of at least ${least}`, (value) => Number.isInteger(value) && (value as number) >= least);
const seed = is(
  'a whole number from 0 to 4294967295',
  (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff,
);
const positive = is('a number above 0', (value) => isNumber(value) && value > 0);
const notNegative = is('a number of at least 0', (value) => isNumber(value) && value >= 0);
const share = is('a number from 0 to 1', (value) => isNumber(value) && value >= 0 && value <= 1);
const oneOf = (choices: readonly string[]) =>
  is(`one of ${choices.join(', ')}`, (value) => typeof value === 'string' && choices.includes(value));

const oneOrMore =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return check(value);
    if (value.length === 0) return 'it is an empty list; give at least one value or leave it out';
    const repeated = value.find((entry, i) => value.indexOf(entry) !== i);
    if (repeated !== undefined) return `${JSON.stringify(repeated)} is there twice`;
    const [stray] = value.filter((entry) => check(entry) !== undefined);
    return stray === undefined ? undefined : `${JSON.stringify(stray)} cannot be used: ${check(stray)}`;
  };

/** Every setting that views may have. */
const viewNames = [...Object.keys(imagenetViews()), 'smallCrops'];

const views: Check = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'it must be an object of view settings';
  const stray = Object.keys(value).find((name) => !viewNames.includes(name));
  return stray === undefined
    ? undefined
    : `there is no view setting "${stray}"; choose ${viewNames.join(', ')}`;
};

const variedAlone: readonly string[] = factors.filter((factor) => factor !== 'seed');

const oneAtATime: Check = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'it must be an object of settings with their values';
  const problems = Object.entries(value).map(([name, values]) =>
    variedAlone.includes(name)
      ? problem(name, values)
      : `"${name}" cannot be varied by itself; choose ${variedAlone.join(', ')}`,
  );
  return problems.find((found) => found !== undefined);
};

const checks: Readonly<Record<keyof SweepSpec, Check>> = {
  data: is('the name of a data set or a folder', (value) => typeof value === 'string' && value !== ''),
  size: is(
    '[height, width]',
    (value) =>
      Array.isArray(value) && value.length === 2 && value.every((side) => Number.isInteger(side) && side > 0),
  ),
  images: wholeFrom(2),
  testImages: wholeFrom(1),
  architecture: oneOf(architectures),
  stem: oneOf(['cifar', 'imagenet']),
  width: wholeFrom(1),
  headFeatures: wholeFrom(1),
  method: oneOrMore(oneOf(methods)),
  queueSize: oneOrMore(wholeFrom(1)),
  keyMomentum: share,
  loss: oneOrMore(oneOf(losses)),
  batchSize: oneOrMore(wholeFrom(2)),
  temperature: oneOrMore(positive),
  sigma: positive,
  learningRate: oneOrMore(positive),
  learningRateRule: oneOf(['linear', 'square-root', 'constant']),
  epochs: oneOrMore(wholeFrom(1)),
  seed: oneOrMore(seed),
  warmupEpochs: notNegative,
  momentum: share,
  weightDecay: notNegative,
  views,
  linearEpochs: wholeFrom(1),
  oneAtATime,
};

/**
 * The value as a sweep's spec.
 * @throws InputError naming every setting that is unknown, missing or cannot be used, with its value
 */
export function requireSpec(value: unknown, source = 'The sweep'): SweepSpec {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${source} is no object of settings.`);
  }
  const settings = value as Record<string, unknown>;
  const problems = [
    ...(['data', 'loss', 'batchSize'] as const)
      .filter((name) => settings[name] === undefined)
      .map((name) => `${name} is missing`),
    ...Object.entries(settings).flatMap(([name, given]) => problem(name, given) ?? []),
  ];
  if (problems.length > 0) throw new InputError(`${source} cannot be run: ${problems.join('; ')}.`);
  return value as SweepSpec;
}

function problem(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!Object.hasOwn(checks, name)) {
    return `there is no setting "${name}" (choose ${Object.keys(checks).join(', ')})`;
  }
  const found = checks[name as keyof SweepSpec](value);
  return found && `${name} is ${JSON.stringify(value)}: ${found}`;
}

/** @throws InputError where the file cannot be read, is no JSON, or holds no spec that can be used */
export async function readSpec(path: string): Promise<SweepSpec> {
  try {
    return requireSpec(JSON.parse(await readFile(path, 'utf8')), path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`The sweep ${path} cannot be read: ${(error as Error).message}.`);
  }
}
