import { describe, expect, it } from 'vitest';
import { leaf, type Node, node, reshaped } from '../../../src/engine/graph/node.js';
import { print } from '../../../src/engine/graph/print.js';
import { trace } from '../../../src/engine/graph/program.js';

const vector = (...values: number[]) => leaf(Float32Array.from(values), [values.length], 'float32');

/** relu(x * 2) with whatever x and factor. */
function scaledRelu(x = vector(1, -1), factor = vector(2)): Node {
  const product = node('binary', { operator: 'mul' }, [x, factor], [2], 'float32');
  return node('unary', { operator: 'relu' }, [product], [2], 'float32');
}

describe('trace', () => {
  it('numbers inputs first, then instructions in the order they were recorded', () => {
    expect(print(trace([scaledRelu()]).program)).toMatchInlineSnapshot(`
      "%0 = input float32[2]
      %1 = input float32[1]
      %2 = binary(%0, %1) operator="mul" float32[2]
      %3 = unary(%2) operator="relu" float32[2]
      return %3"
    `);
  });

  it('leaves out what nobody wants', () => {
    const wanted = scaledRelu();
    node('unary', { operator: 'exp' }, [wanted], [2], 'float32');
    expect(trace([wanted]).program.instructions).toHaveLength(2);
  });

  it('merges equal nodes and wants their value once', () => {
    const [x, factor] = [vector(1, -1), vector(2)];
    const { program, positions } = trace([scaledRelu(x, factor), scaledRelu(x, factor)]);
    expect(program.instructions).toHaveLength(2);
    expect(program.outputs).toEqual([3]);
    expect(positions).toEqual([0, 0]);
  });

  it('keeps the key when values change, and changes it with attributes, shapes, types, wiring and outputs', () => {
    const key = trace([scaledRelu()]).key;
    expect(trace([scaledRelu(vector(5, 6), vector(0.1))]).key).toBe(key);
    const x = vector(1, -1);
    const product = node('binary', { operator: 'mul' }, [x, vector(2)], [2], 'float32');
    const others = [
      [node('unary', { operator: 'exp' }, [product], [2], 'float32')],
      [node('unary', { operator: 'relu' }, [product], [2], 'float32'), product],
      [scaledRelu(x, x)],
      [scaledRelu(vector(1, 2), vector(1, 2))],
      [scaledRelu(leaf(Int32Array.of(1, 2), [2], 'int32'))],
    ];
    const keys = others.map((nodes) => trace(nodes).key);
    expect(new Set([key, ...keys]).size).toBe(others.length + 1);
  });

  it('feeds a value that is read twice once', () => {
    const x = vector(1, 2);
    const { leaves, program } = trace([scaledRelu(x, x)]);
    expect(leaves).toEqual([x]);
    expect(program.instructions[0]!.inputs).toEqual([0, 0]);
  });
});

describe('reshaped', () => {
  it('is the source itself in its own shape, and one reshape otherwise', () => {
    const x = scaledRelu();
    expect(reshaped(x, [2])).toBe(x);
    const column = reshaped(x, [2, 1]) as Node;
    expect(reshaped(column, [2])).toBe(x);
    expect((reshaped(column, [1, 2]) as Node).inputs).toEqual([x]);
  });
});

describe('node', () => {
  it.each([
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [Number.NaN, Number.POSITIVE_INFINITY],
  ])('tells the constant %s from %s', (a, b) => {
    const constant = (value: number) => node('constant', { value }, [], [2], 'float32');
    expect(trace([constant(a)]).key).not.toBe(trace([constant(b)]).key);
  });
});
