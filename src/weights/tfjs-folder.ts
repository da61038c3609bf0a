import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import { reading } from './file-bytes.js';

const files = { model: 'model.json', weights: 'weights.bin' };

/**
 * A folder with `model.json` and `weights.bin`, as TensorFlow.js itself reads and writes them: `model.save(weights.folder(path))`,
 * `tf.loadLayersModel(weights.folder(path))`. What is saved has TensorFlow.js's own layers alone, so that a web page can load it
 * without this library: batch norm becomes its batchNormalization, and so does the standardisation.
 */
export function folder(path: string): tf.io.IOHandler {
  return { save: (artifacts) => saveTo(path, artifacts), load: () => loadFrom(path) };
}

/** @throws InputError where the folder is there already or cannot be written */
async function saveTo(path: string, artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> {
  const { modelTopology, weightSpecs = [], weightData } = artifacts;
  const weights = Buffer.concat([weightData ?? []].flat().map((part) => Buffer.from(part as ArrayBuffer)));
  const added: Weight[] = [];
  const topology = withPlainLayers(modelTopology as unknown as Topology, added);
  const weightsManifest = [
    { paths: [files.weights], weights: [...weightSpecs, ...added.map(({ spec }) => spec)] },
  ];
  const model = { format: 'layers-model', generatedBy: 'dcl-lab', modelTopology: topology, weightsManifest };
  const values = Buffer.concat([weights, ...added.map(({ bytes }) => bytes)]);
  const temporary = join(dirname(path), `.${basename(path)}-${randomUUID()}`);
  try {
    await mkdir(temporary);
    await writeFile(join(temporary, files.weights), values);
    await writeFile(join(temporary, files.model), JSON.stringify(model));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw new InputError(
      `The model could not be written to the folder ${path}: ${(error as Error).message}.`,
    );
  }
  return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
}

/** @throws InputError where the folder cannot be read */
function loadFrom(path: string): Promise<tf.io.ModelArtifacts> {
  return reading(path, async () => {
    const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(path, files.model), 'utf8'));
    const weights = await readFile(join(path, files.weights));
    return {
      modelTopology,
      weightSpecs: weightsManifest.flatMap(
        (group: { weights: tf.io.WeightsManifestEntry[] }) => group.weights,
      ),
      weightData: new Uint8Array(weights).buffer,
    };
  });
}

interface Weight {
  readonly spec: tf.io.WeightsManifestEntry;
  readonly bytes: Buffer;
}

interface LayerEntry {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

interface Topology {
  readonly config: { readonly layers: readonly LayerEntry[] };
}

/** @param added - where weights go that the layers did not have before */
function withPlainLayers(topology: Topology, added: Weight[]): Topology {
  const layers = topology.config.layers.map((layer) => ({ ...layer, ...plain(layer, added) }));
  return { ...topology, config: { ...topology.config, layers } };
}

function plain({ class_name, config }: LayerEntry, added: Weight[]): LayerEntry {
  const { name, trainable, momentum, epsilon } = config;
  const className = 'BatchNormalization';
  if (class_name === 'BatchNorm') {
    return { class_name: className, config: { name, trainable, axis: -1, momentum, epsilon } };
  }
  if (class_name !== 'Standardise') return { class_name, config };
  const { mean, deviation } = config as { mean: number[]; deviation: number[] };
  added.push(vector(`${name}/moving_mean`, mean));
  added.push(
    vector(
      `${name}/moving_variance`,
      deviation.map((value) => value * value),
    ),
  );
  const standardised = { name, trainable: false, axis: -1, epsilon: 0, center: false, scale: false };
  return { class_name: className, config: standardised };
}

function vector(name: string, values: readonly number[]): Weight {
  const spec = { name, shape: [values.length], dtype: 'float32' as const };
  return { spec, bytes: Buffer.from(Float32Array.from(values).buffer) };
}
