import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { leaf, node } from '../../../src/engine/graph/node.js';
import type { PoolWindow } from '../../../src/engine/graph/operations.js';
import { trace } from '../../../src/engine/graph/program.js';
import { lower } from '../../../src/engine/lowering/lower.js';
import type { Target } from '../../../src/engine/lowering/target.js';
import { encode } from '../../../src/engine/onnx/encode.js';
import { runtimeTensor, Session } from '../../../src/engine/onnxruntime.js';

/** Values of few kinds, so that windows hold their largest element more than once. */
const image = leaf(
  Float32Array.from({ length: 2 * 6 * 6 * 3 }, (_, index) => Math.round(2 * Math.sin(index * index))),
  [2, 6, 6, 3],
  'float32',
);

/** The gradient of maximum pooling as lowered for the device, computed on the CPU. */
function maxPoolGradient(window: PoolWindow, device: Target['device']): number[] {
  const [height, width] = [0, 1].map((axis) => {
    const padded = 6 + window.pads[axis]! + window.pads[axis + 2]!;
    return Math.floor((padded - window.size[axis]!) / window.strides[axis]!) + 1;
  }) as [number, number];
  const shape = [2, height, width, 3];
  const dy = leaf(
    Float32Array.from({ length: 2 * height * width * 3 }, (_, index) => index + 1),
    shape,
    'float32',
  );
  const traced = trace([node('maxPoolGradient', window, [dy, image], image.shape, 'float32')]);
  const graph = lower(traced.program, { device, block: 0, threads: 1 });
  const session = new Session(encode(graph), { device: 'cpu', threads: 1 });
  const feeds = traced.leaves.map((leaf, index) => [graph.inputs[index]!.name, runtimeTensor(leaf)]);
  const [result] = session.run(Object.fromEntries(feeds), [graph.outputs[0]!.name]);
  session.dispose();
  return [...(result as Float32Array)];
}

it('gives the gradient of maximum pooling to the first largest element, with and without its position', async () => {
  const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
  await fc.assert(
    fc.property(pair(1, 3), pair(1, 3), pair(0, 1), pair(0, 1), (size, strides, before, after) => {
      const fits = [...before, ...after].every((pad, index) => pad < size[index % 2]!);
      fc.pre(fits);
      const window: PoolWindow = { size, strides, dilations: [1, 1], pads: [...before, ...after] };
      expect(maxPoolGradient(window, 'webgpu')).toEqual(maxPoolGradient(window, 'cpu'));
    }),
    { numRuns: 30 },
  );
});
