/**
 * A program's value inside the ONNX graph. An image batch, [N, H, W, C] in TensorFlow.js's order, may exist in several
 * memory layouts; a layout it is asked for and does not have yet is made by a conversion, once.
 */
import { sizeOf } from '../graph/node.js';
import type { Dtype, Shape } from '../graph/operations.js';
import type { Emitter } from './emitter.js';

/** `plain` is the program's own order; `channelsFirst` is [N, C, H, W]. */
export type Layout = 'plain' | 'channelsFirst';

export class Value {
  readonly #names = new Map<Layout, string>();
  /** The layout it was computed in. */
  readonly layout: Layout;

  constructor(
    readonly shape: Shape,
    readonly dtype: Dtype,
    name: string,
    layout: Layout = 'plain',
  ) {
    this.layout = layout;
    this.#names.set(layout, name);
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The name of the value in this layout. */
  in(layout: Layout, emitter: Emitter): string {
    let name = this.#names.get(layout);
    if (name === undefined) {
      name = this.#convert(layout, emitter);
      this.#names.set(layout, name);
    }
    return name;
  }

  plain(emitter: Emitter): string {
    return this.in('plain', emitter);
  }

  #convert(layout: Layout, emitter: Emitter): string {
    const [batch, height, width, channels] = this.shape as [number, number, number, number];
    const name = this.#names.get(this.layout)!;
    // With one pixel or one channel both orders are the same in memory.
    const sameOrder = height * width === 1 || channels === 1;
    if (layout === 'channelsFirst') {
      return sameOrder
        ? emitter.reshape(name, [batch, channels, height, width])
        : emitter.transpose(name, [0, 3, 1, 2]);
    }
    return sameOrder ? emitter.reshape(name, this.shape) : emitter.transpose(name, [0, 2, 3, 1]);
  }
}

/** Where axis i of [N, H, W, C] is in a layout. */
const axisPositions: Record<Layout, readonly number[]> = {
  plain: [0, 1, 2, 3],
  channelsFirst: [0, 2, 3, 1],
};

/** The position in `layout` of an axis of [N, H, W, C]; other ranks have the plain layout only. */
export function axisIn(layout: Layout, axis: number): number {
  return layout === 'plain' ? axis : axisPositions[layout][axis]!;
}

/** Numbers given per axis in the order of [N, H, W, C], put into the order of the layout. */
export function arrange<Item>(layout: Layout, perAxis: readonly Item[]): Item[] {
  if (layout === 'plain') return [...perAxis];
  const arranged = [...perAxis];
  perAxis.forEach((item, axis) => {
    arranged[axisPositions[layout][axis]!] = item;
  });
  return arranged;
}

/** The layout in which an element-wise operation over these values needs the fewest conversions. */
export function commonLayout(values: readonly Value[], shape: Shape): Layout {
  if (shape.length !== 4) return 'plain';
  const whole = values.filter((value) => value.size === sizeOf(shape) && value.shape.length === 4);
  return whole.find(({ layout }) => layout !== 'plain')?.layout ?? 'plain';
}

/** A value that broadcasts to `shape`, named so that it also does where the others are in `layout`. */
export function broadcastIn(layout: Layout, value: Value, rank: number, emitter: Emitter): string {
  if (layout === 'plain' || value.size === 1) {
    return value.size === 1 && value.shape.length > rank
      ? emitter.reshape(value.plain(emitter), [])
      : value.plain(emitter);
  }
  if (value.shape.length === 4) return value.in(layout, emitter);
  const padded = [...Array<number>(4 - value.shape.length).fill(1), ...value.shape];
  const widened = new Value(padded, value.dtype, emitter.reshape(value.plain(emitter), padded));
  return widened.in(layout, emitter);
}
