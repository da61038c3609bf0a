import { describe, expect, it } from 'vitest';
import { leaf, type Node, node, type Source, sizeOf } from '../../../src/engine/graph/node.js';
import type { Window } from '../../../src/engine/graph/operations.js';
import { trace } from '../../../src/engine/graph/program.js';
import { lower } from '../../../src/engine/lowering/lower.js';
import { printOnnx } from '../../../src/engine/onnx/graph.js';

const window: Window = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] };

function input(...shape: number[]): Source {
  return leaf(new Float32Array(sizeOf(shape)), shape, 'float32');
}

function convolution(x: Source, filter: Source): Node {
  const shape = [...x.shape.slice(0, 3), filter.shape[3]!];
  return node('conv2d', window, [x, filter], shape, 'float32');
}

function relu(x: Source): Node {
  return node('unary', { operator: 'relu' }, [x], x.shape, 'float32');
}

const lowered = (block: number, ...wanted: Node[]) =>
  printOnnx(lower(trace(wanted).program, { device: 'cpu', block, threads: 2 }));

const loweredForWebgpu = (...wanted: Node[]) =>
  printOnnx(lower(trace(wanted).program, { device: 'webgpu', block: 0, threads: 2 }));

describe('lower', () => {
  it('keeps the channels first between convolutions where there are no blocks', () => {
    const hidden = relu(convolution(input(2, 4, 4, 3), input(3, 3, 3, 6)));
    const pooled = node(
      'reduce',
      { operator: 'mean', axes: [1, 2] },
      [convolution(hidden, input(3, 3, 6, 6))],
      [2, 6],
      'float32',
    );
    expect(lowered(0, pooled)).toMatchInlineSnapshot(`
      "inputs input_0: float32[2, 4, 4, 3]; input_1: float32[3, 3, 3, 6]; input_2: float32[3, 3, 6, 6]
      c0 = int64[2] {2,3}
      Transpose_0 = Transpose(input_1) perm=[3,2,0,1]
      Transpose_1 = Transpose(input_0) perm=[0,3,1,2]
      Conv_2 = Conv(Transpose_1, Transpose_0) strides=[1,1] dilations=[1,1] pads=[1,1,1,1]
      Relu_3 = Relu(Conv_2)
      Transpose_4 = Transpose(input_2) perm=[3,2,0,1]
      Conv_5 = Conv(Relu_3, Transpose_4) strides=[1,1] dilations=[1,1] pads=[1,1,1,1]
      ReduceMean_6 = ReduceMean(Conv_5, c0) keepdims=0
      outputs ReduceMean_6: float32[2, 6]"
    `);
  });

  it('keeps images in blocks from the stem to the pooling', () => {
    const hidden = relu(convolution(input(2, 4, 4, 3), input(3, 3, 3, 8)));
    const pooled = node(
      'reduce',
      { operator: 'mean', axes: [1, 2] },
      [convolution(hidden, input(3, 3, 8, 8))],
      [2, 8],
      'float32',
    );
    expect(lowered(8, pooled)).toMatchInlineSnapshot(`
      "inputs input_0: float32[2, 4, 4, 3]; input_1: float32[3, 3, 3, 8]; input_2: float32[3, 3, 8, 8]
      c0 = int64[4] {1,9,3,8}
      c1 = int64[4] {8,3,3,3}
      c2 = int64[4] {1,9,8,8}
      c3 = int64[4] {1,9,1,64}
      c4 = int64[4] {8,8,3,3}
      c5 = int64[2] {2,8}
      Transpose_0 = Transpose(input_0) perm=[0,3,1,2]
      Reshape_1 = Reshape(input_1, c0)
      ReorderInput_2 = com.microsoft.nchwc.ReorderInput(Reshape_1) channels_last=1
      Reshape_3 = Reshape(ReorderInput_2, c0)
      Transpose_4 = Transpose(Reshape_3) perm=[0,2,1,3]
      Reshape_5 = Reshape(Transpose_4, c1)
      Conv_6 = com.microsoft.nchwc.Conv(Transpose_0, Reshape_5) strides=[1,1] dilations=[1,1] pads=[1,1,1,1] kernel_shape=[3,3]
      Relu_7 = Relu(Conv_6)
      Reshape_8 = Reshape(input_2, c2)
      ReorderInput_9 = com.microsoft.nchwc.ReorderInput(Reshape_8) channels_last=1
      Reshape_10 = Reshape(ReorderInput_9, c3)
      Transpose_11 = Transpose(Reshape_10) perm=[0,2,1,3]
      Reshape_12 = Reshape(Transpose_11, c4)
      Conv_13 = com.microsoft.nchwc.Conv(Relu_7, Reshape_12) strides=[1,1] dilations=[1,1] pads=[1,1,1,1] kernel_shape=[3,3]
      GlobalAveragePool_14 = com.microsoft.nchwc.GlobalAveragePool(Conv_13)
      Reshape_15 = Reshape(GlobalAveragePool_14, c5)
      outputs Reshape_15: float32[2, 8]"
    `);
  });

  it('sums channels, and applies a number per channel, without leaving the blocks', () => {
    const x = convolution(input(2, 4, 4, 8), input(3, 3, 8, 8));
    const sum = node('reduce', { operator: 'sum', axes: [0, 1, 2] }, [x], [8], 'float32');
    const affine = node('channelAffine', { extras: ['scale'], relu: true }, [x, sum], x.shape, 'float32');
    expect(lowered(8, affine)).toMatchInlineSnapshot(`
      "inputs input_0: float32[2, 4, 4, 8]; input_1: float32[3, 3, 8, 8]
      c0 = int64[4] {2,8,4,4}
      c1 = int64[4] {1,9,8,8}
      c2 = int64[4] {1,9,1,64}
      c3 = int64[4] {8,8,3,3}
      c4 = int64[2] {2,8}
      c5 = int64[1] {0}
      c6 = float32[] {16}
      c7 = int64[4] {8,1,1,1}
      c8 = int64[4] {2,4,4,8}
      Reshape_0 = Reshape(input_0, c0)
      Reshape_1 = Reshape(input_1, c1)
      ReorderInput_2 = com.microsoft.nchwc.ReorderInput(Reshape_1) channels_last=1
      Reshape_3 = Reshape(ReorderInput_2, c2)
      Transpose_4 = Transpose(Reshape_3) perm=[0,2,1,3]
      Reshape_5 = Reshape(Transpose_4, c3)
      Conv_6 = com.microsoft.nchwc.Conv(Reshape_0, Reshape_5) strides=[1,1] dilations=[1,1] pads=[1,1,1,1] kernel_shape=[3,3]
      GlobalAveragePool_7 = com.microsoft.nchwc.GlobalAveragePool(Conv_6)
      Reshape_8 = Reshape(GlobalAveragePool_7, c4)
      ReduceSum_9 = ReduceSum(Reshape_8, c5) keepdims=0
      Mul_10 = Mul(ReduceSum_9, c6)
      Reshape_11 = Reshape(Mul_10, c7)
      Conv_12 = com.microsoft.nchwc.Conv(Conv_6, Reshape_11) group=8 kernel_shape=[1,1] activation="Relu"
      Reshape_13 = Reshape(Conv_12, c8)
      outputs Reshape_13: float32[2, 4, 4, 8]"
    `);
  });

  it('computes a filter gradient as a convolution over the images of the batch, shared among threads', () => {
    const [x, dy] = [input(16, 4, 4, 3), input(16, 4, 4, 16)];
    const gradient = node('conv2dFilterGradient', window, [x, dy], [3, 3, 3, 16], 'float32');
    expect(lowered(8, gradient)).toMatchInlineSnapshot(`
      "inputs input_0: float32[16, 4, 4, 3]; input_1: float32[16, 4, 4, 16]
      c0 = int64[8] {0,0,1,0,0,0,1,0}
      c1 = int64[4] {1,16,4,18}
      c2 = int64[4] {2,8,1,256}
      c3 = int64[4] {2,1,2,1024}
      c4 = int64[4] {32,8,4,4}
      c5 = int64[4] {2,16,3,9}
      c6 = int64[1] {0}
      c7 = int64[4] {3,3,3,16}
      Pad_0 = Pad(input_0, c0) mode="constant"
      Reshape_1 = Reshape(Pad_0, c1)
      ReorderInput_2 = com.microsoft.nchwc.ReorderInput(Reshape_1)
      ReorderInput_3 = com.microsoft.nchwc.ReorderInput(input_1) channels_last=1
      Reshape_4 = Reshape(ReorderInput_3, c2)
      ReorderInput_5 = com.microsoft.nchwc.ReorderInput(Reshape_4) channels_last=1
      Reshape_6 = Reshape(ReorderInput_5, c3)
      Reshape_7 = Reshape(Reshape_6, c4)
      Conv_8 = com.microsoft.nchwc.Conv(ReorderInput_2, Reshape_7) kernel_shape=[4,4] dilations=[1,3] strides=[1,1] pads=[1,0,1,0] group=2
      Reshape_9 = Reshape(Conv_8, c5)
      ReduceSum_10 = ReduceSum(Reshape_9, c6) keepdims=1
      ReorderOutput_11 = com.microsoft.nchwc.ReorderOutput(ReduceSum_10) channels=16 channels_last=1
      Reshape_12 = Reshape(ReorderOutput_11, c7)
      outputs Reshape_12: float32[3, 3, 3, 16]"
    `);
  });

  it('emits equal operators once', () => {
    const x = input(3);
    const square = node('unary', { operator: 'square' }, [x], [3], 'float32');
    const product = node('binary', { operator: 'mul' }, [x, x], [3], 'float32');
    const sum = node('binary', { operator: 'add' }, [square, product], [3], 'float32');
    expect(lowered(0, sum)).toMatchInlineSnapshot(`
      "inputs input_0: float32[3]
      Mul_0 = Mul(input_0, input_0)
      Add_1 = Add(Mul_0, Mul_0)
      outputs Add_1: float32[3]"
    `);
  });

  it('uses on WebGPU the operators that it has, so that nothing goes to the CPU and back', () => {
    const [a, b] = [input(2, 3, 4), input(2, 5, 4)];
    const transposed = { transposeA: false, transposeB: true };
    const product = node('matMul', transposed, [a, b], [2, 3, 5], 'float32');
    const undefinedThere = node('unary', { operator: 'isNaN' }, [product], product.shape, 'bool');
    expect(loweredForWebgpu(undefinedThere)).toMatchInlineSnapshot(`
      "inputs input_0: float32[2, 3, 4]; input_1: float32[2, 5, 4]
      Transpose_0 = Transpose(input_1) perm=[0,2,1]
      MatMul_1 = MatMul(input_0, Transpose_0)
      Equal_2 = Equal(MatMul_1, MatMul_1)
      Not_3 = Not(Equal_2)
      outputs Not_3: bool[2, 3, 5]"
    `);
  });
});
