/** `evaluation-contestant.ts FILES`: this library as a contestant of evaluation.ts; FILES is its FeatureFiles as JSON. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { use } from '../src/engine/index.js';
import { type Embeddings, knn, linearEvaluation } from '../src/evaluate/index.js';
import type { EvaluationRequest, EvaluationTimed, FeatureFiles } from './evaluation-protocol.js';

async function timed(work: () => Promise<number>): Promise<EvaluationTimed> {
  const begin = performance.now();
  const result = await work();
  return { seconds: (performance.now() - begin) / 1000, result };
}

async function linear(memory: Embeddings, queries: Embeddings): Promise<EvaluationTimed> {
  const ends: number[] = [];
  let result = Number.NaN;
  await linearEvaluation(memory, queries, {
    epochs: 2,
    onEpoch: (_epoch, _epochs, loss) => {
      ends.push(performance.now());
      result = loss;
    },
  });
  return { seconds: (ends[1]! - ends[0]!) / 1000, result };
}

async function main(): Promise<void> {
  const files: FeatureFiles = JSON.parse(process.argv[2]!);
  await use({ name: 'onnxruntime', device: 'cpu', threads: files.threads });
  const [memory, queries] = [read(files, 'memory', files.rows), read(files, 'queries', files.asked)];
  for await (const line of createInterface({ input: process.stdin })) {
    const { command }: EvaluationRequest = JSON.parse(line);
    const reply =
      command === 'knn'
        ? await timed(async () => (await knn(memory, queries)).top1)
        : await linear(memory, queries);
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

function read(files: FeatureFiles, name: 'memory' | 'queries', count: number): Embeddings {
  const { buffer, byteOffset } = readFileSync(files[name]);
  const { dimension } = files;
  return {
    ...{ name, count, dimension },
    features: new Float32Array(buffer, byteOffset, count * dimension),
    labels: Int32Array.from({ length: count }, (_, row) => row % files.classes),
    classes: Array.from({ length: files.classes }, (_, label) => `class ${label}`),
  };
}

await main();
