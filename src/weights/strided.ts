import type { Values } from './element-types.js';

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Steps from one element to the next along each axis, where the last axis is the fastest. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** How far behind the first element the last one of a view lies, 0 for a view without elements. */
export function extentOf(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 0);
}

/**
 * The elements of a view row by row: element [i, j, ...] is `values[i * strides[0] + j * strides[1] + ...]`. Where the view
 * is `values` in their order they are not copied.
 */
export function gather<T extends Values>(values: T, shape: readonly number[], strides: readonly number[]): T {
  const size = sizeOf(shape);
  const inOrder = rowMajorStrides(shape);
  // An axis of one element is never stepped along.
  if (shape.every((length, axis) => length === 1 || strides[axis] === inOrder[axis])) {
    return (size === values.length ? values : values.slice(0, size)) as T;
  }
  const result = (values instanceof Float32Array ? new Float32Array(size) : new Int32Array(size)) as T;
  const inner = shape.at(-1)!;
  const step = strides.at(-1)!;
  const outer = shape.slice(0, -1);
  const place = outer.map(() => 0);
  let row = 0;
  for (let written = 0; written < size; ) {
    for (let i = 0; i < inner; i++) result[written++] = values[row + i * step]!;
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      row += strides[axis]!;
      place[axis] = place[axis]! + 1;
      if (place[axis]! < outer[axis]!) break;
      row -= strides[axis]! * outer[axis]!;
      place[axis] = 0;
    }
  }
  return result;
}

/** The values of a tensor with its axes in another order: axis i of the result is axis `order[i]` of the tensor. */
export function transposed<T extends Values>(
  values: T,
  shape: readonly number[],
  order: readonly number[],
): T {
  const strides = rowMajorStrides(shape);
  return gather(
    values,
    order.map((axis) => shape[axis]!),
    order.map((axis) => strides[axis]!),
  );
}
