import { describe, expect, it } from 'vitest';
import { type Leaf, leaf, type Node, node, type Source } from '../../src/engine/graph/node.js';
import type { Trace } from '../../src/engine/graph/program.js';
import { DeviceTensor, type Result } from '../../src/engine/onnxruntime.js';
import { Residency } from '../../src/engine/residency.js';

/** Stands in for a GPU: counts what lies in its memory, and computes nothing. */
class FakeDevice {
  readonly options = { device: 'webgpu', threads: 1 } as const;
  tensors = 0;

  run({ program, positions }: Trace): Result[] {
    const results = program.outputs.map(() => this.tensor());
    return positions.map((position) => results[position]!);
  }

  private tensor(): DeviceTensor {
    this.tensors += 1;
    const tensor = {
      type: 'float32',
      dims: [1],
      location: 'gpu-buffer',
      data: Float32Array.of(),
      gpuBuffer: {},
      dispose: () => {
        this.tensors -= 1;
      },
    } as const;
    return new DeviceTensor(tensor, 4, () => undefined);
  }
}

const square = (x: Source): Node => node('unary', { operator: 'square' }, [x], [1], 'float32');
const number = (): Leaf => leaf(Float32Array.of(1), [1], 'float32');

function residency(): { device: FakeDevice; values: Residency } {
  const device = new FakeDevice();
  return { device, values: new Residency(device) };
}

describe('residency', () => {
  it('leaves results on the device, those of equal nodes as one', () => {
    const { device, values } = residency();
    const x = number();
    const [one, same, other] = values.compute([square(x), square(x), square(square(x))]);
    expect(one!.values).toBeUndefined();
    expect(same).toBe(one);
    expect(other).not.toBe(one);
    expect(device.tensors).toBe(2);
    expect(values).toMatchObject({ bytesToDevice: 4, bytesToHost: 0, bytesOnDevice: 8 });
  });

  it('releases what is abandoned when nothing that is yet to be computed reads it', () => {
    const { device, values } = residency();
    const [computed] = values.compute([square(number())]);
    values.abandon(computed!);
    values.sweep([square(square(computed!))]);
    expect(device.tensors).toBe(1);
    values.sweep([square(number())]);
    expect(device.tensors).toBe(0);
    expect(values.bytesOnDevice).toBe(0);
  });

  it('does not release what a tensor has again', () => {
    const { device, values } = residency();
    const [computed] = values.compute([square(number())]);
    values.abandon(computed!);
    computed!.holders += 1;
    values.sweep([]);
    expect(device.tensors).toBe(1);
  });
});
