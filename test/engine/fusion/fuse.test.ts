import { describe, expect, it } from 'vitest';
import { fuse } from '../../../src/engine/fusion/fuse.js';
import { leaf, type Node, node, type Source, sizeOf } from '../../../src/engine/graph/node.js';
import type { BinaryOperator, Window } from '../../../src/engine/graph/operations.js';
import { print } from '../../../src/engine/graph/print.js';
import { trace } from '../../../src/engine/graph/program.js';

const images = [2, 4, 4, 8] as const;
const window: Window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };

function input(...shape: number[]): Source {
  return leaf(new Float32Array(sizeOf(shape)), shape, 'float32');
}

function binary(operator: BinaryOperator, a: Source, b: Source): Node {
  const shape = a.shape.length >= b.shape.length ? a.shape : b.shape;
  return node('binary', { operator }, [a, b], shape, 'float32');
}

function relu(x: Source): Node {
  return node('unary', { operator: 'relu' }, [x], x.shape, 'float32');
}

function convolution(x: Source, filter: Source): Node {
  return node('conv2d', window, [x, filter], images, 'float32');
}

const fused = (...wanted: Node[]) => print(fuse(trace(wanted).program));

describe('fuse', () => {
  it('makes batch norm, shortcut and relu one pass', () => {
    const [x, scale, offset, shortcut] = [input(...images), input(8), input(8), input(...images)];
    const normalised = binary('add', binary('mul', x, scale), offset);
    expect(fused(relu(binary('add', normalised, shortcut)))).toMatchInlineSnapshot(`
      "%0 = input float32[2, 4, 4, 8]
      %1 = input float32[8]
      %2 = input float32[8]
      %3 = input float32[2, 4, 4, 8]
      %4 = channelAffine(%0, %1, %2, %3) extras=["scale","offset","residual"] relu=true float32[2, 4, 4, 8]
      return %4"
    `);
  });

  it("makes batch norm's gradient, a dy + b x + c, two passes", () => {
    const [dy, x, a, b, c] = [input(...images), input(...images), input(8), input(8), input(8)];
    const sum = binary('add', binary('mul', a, dy), binary('mul', b, x));
    expect(fused(binary('add', sum, c))).toMatchInlineSnapshot(`
      "%0 = input float32[8]
      %1 = input float32[2, 4, 4, 8]
      %2 = input float32[8]
      %3 = input float32[2, 4, 4, 8]
      %4 = input float32[8]
      %5 = channelAffine(%3, %2) extras=["scale"] relu=false float32[2, 4, 4, 8]
      %6 = channelAffine(%1, %0, %4, %5) extras=["scale","offset","residual"] relu=false float32[2, 4, 4, 8]
      return %6"
    `);
  });

  it('lets the larger of two convolutions add the gradient of the other', () => {
    const [dy, large, small] = [input(...images), input(3, 3, 8, 8), input(1, 1, 8, 8)];
    const gradient = (filter: Source, attributes: Window) =>
      node('conv2dInputGradient', attributes, [dy, filter], images, 'float32');
    const padded: Window = { ...window, pads: [1, 1, 1, 1] };
    expect(fused(binary('add', gradient(small, window), gradient(large, padded)))).toMatchInlineSnapshot(`
      "%0 = input float32[2, 4, 4, 8]
      %1 = input float32[1, 1, 8, 8]
      %2 = input float32[3, 3, 8, 8]
      %3 = conv2dInputGradient(%0, %1) strides=[1,1] dilations=[1,1] pads=[0,0,0,0] float32[2, 4, 4, 8]
      %4 = conv2dInputGradient(%0, %2, %3) strides=[1,1] dilations=[1,1] pads=[1,1,1,1] float32[2, 4, 4, 8]
      return %4"
    `);
  });

  it("makes batch norm's sums of squares and of products one reading", () => {
    const [dy, x] = [input(...images), input(...images)];
    const sum = (y: Source) => node('reduce', { operator: 'sum', axes: [0, 1, 2] }, [y], [8], 'float32');
    const square = node('unary', { operator: 'square' }, [x], images, 'float32');
    expect(fused(sum(square), sum(binary('mul', dy, x)))).toMatchInlineSnapshot(`
      "%0 = input float32[2, 4, 4, 8]
      %1 = input float32[2, 4, 4, 8]
      %2 = channelDot(%0, %0) float32[8]
      %3 = channelDot(%1, %0) float32[8]
      return %2, %3"
    `);
  });

  it('keeps products that are summed per pixel, or with one number per channel', () => {
    const [dy, x, scale] = [input(...images), input(...images), input(8)];
    const sum = (y: Source, axes: number[], shape: number[]) =>
      node('reduce', { operator: 'sum', axes }, [y], shape, 'float32');
    const text = fused(
      sum(binary('mul', dy, x), [3], [2, 4, 4]),
      sum(binary('mul', x, scale), [0, 1, 2], [8]),
    );
    expect(text).not.toContain('channelDot');
  });

  it('keeps what somebody else reads', () => {
    const scaled = binary('mul', input(...images), input(8));
    expect(fused(binary('add', scaled, input(8)), scaled)).toMatchInlineSnapshot(`
      "%0 = input float32[2, 4, 4, 8]
      %1 = input float32[8]
      %2 = input float32[8]
      %3 = channelAffine(%0, %1) extras=["scale"] relu=false float32[2, 4, 4, 8]
      %4 = channelAffine(%3, %2) extras=["offset"] relu=false float32[2, 4, 4, 8]
      return %3, %4"
    `);
  });

  it('scales the filter and not the result of a convolution that nobody else reads', () => {
    const convolved = convolution(input(2, 6, 6, 8), input(3, 3, 8, 8));
    const normalised = binary('add', binary('mul', convolved, input(8)), input(8));
    expect(fused(relu(normalised))).toMatchInlineSnapshot(`
      "%0 = input float32[2, 6, 6, 8]
      %1 = input float32[3, 3, 8, 8]
      %2 = input float32[8]
      %3 = input float32[8]
      %4 = binary(%1, %2) operator="mul" float32[3, 3, 8, 8]
      %5 = fusedConv2d(%0, %4, %3) strides=[1,1] dilations=[1,1] pads=[0,0,0,0] extras=["offset"] relu=true float32[2, 4, 4, 8]
      return %5"
    `);
  });

  it('leaves the result of a convolution alone whose statistics are taken', () => {
    const convolved = convolution(input(2, 6, 6, 8), input(3, 3, 8, 8));
    const mean = node('reduce', { operator: 'mean', axes: [0, 1, 2] }, [convolved], [8], 'float32');
    expect(fused(binary('mul', convolved, mean))).toMatchInlineSnapshot(`
      "%0 = input float32[2, 6, 6, 8]
      %1 = input float32[3, 3, 8, 8]
      %2 = conv2d(%0, %1) strides=[1,1] dilations=[1,1] pads=[0,0,0,0] float32[2, 4, 4, 8]
      %3 = reduce(%2) operator="mean" axes=[0,1,2] float32[8]
      %4 = channelAffine(%2, %3) extras=["scale"] relu=false float32[2, 4, 4, 8]
      return %4"
    `);
  });

  it("takes relu's gradient from its result", () => {
    const [dy, x] = [input(...images), input(...images)];
    const mask = node('step', { alpha: 0 }, [x], images, 'float32');
    expect(fused(relu(x), binary('mul', dy, mask))).toMatchInlineSnapshot(`
      "%0 = input float32[2, 4, 4, 8]
      %1 = input float32[2, 4, 4, 8]
      %2 = unary(%0) operator="relu" float32[2, 4, 4, 8]
      %3 = reluGradient(%1, %2) float32[2, 4, 4, 8]
      return %2, %3"
    `);
  });

  it('turns zeros around an image into padding of the convolution, forwards and backwards', () => {
    const [x, filter, dy] = [input(2, 4, 4, 8), input(3, 3, 8, 8), input(...images)];
    const margins = { before: [0, 1, 1, 0], after: [0, 1, 1, 0] };
    const padded = node('pad', { ...margins, value: 0 }, [x], [2, 6, 6, 8], 'float32');
    const filterGradient = node('conv2dFilterGradient', window, [padded, dy], [3, 3, 8, 8], 'float32');
    const gradient = node('conv2dInputGradient', window, [dy, filter], [2, 6, 6, 8], 'float32');
    const begin = [0, 1, 1, 0];
    const cut = node('slice', { begin, strides: [1, 1, 1, 1] }, [gradient], [2, 4, 4, 8], 'float32');
    expect(fused(convolution(padded, filter), filterGradient, cut)).toMatchInlineSnapshot(`
      "%0 = input float32[2, 4, 4, 8]
      %1 = input float32[2, 4, 4, 8]
      %2 = input float32[3, 3, 8, 8]
      %3 = conv2dFilterGradient(%0, %1) strides=[1,1] dilations=[1,1] pads=[1,1,1,1] float32[3, 3, 8, 8]
      %4 = conv2dInputGradient(%1, %2) strides=[1,1] dilations=[1,1] pads=[1,1,1,1] float32[2, 4, 4, 8]
      %5 = conv2d(%0, %2) strides=[1,1] dilations=[1,1] pads=[1,1,1,1] float32[2, 4, 4, 8]
      return %3, %4, %5"
    `);
  });

  it('leaves other padding as it is', () => {
    const ones = node(
      'pad',
      { before: [0, 1, 1, 0], after: [0, 1, 1, 0], value: 1 },
      [input(2, 4, 4, 8)],
      [2, 6, 6, 8],
      'float32',
    );
    const program = trace([convolution(ones, input(3, 3, 8, 8))]).program;
    expect(fuse(program)).toEqual(program);
  });
});
