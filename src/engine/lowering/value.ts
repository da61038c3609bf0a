/**
 * A program's value inside the ONNX graph. An image batch, [N, H, W, C] in TensorFlow.js's order, may exist in several
 * memory layouts; a layout it is asked for and does not have yet is made by a conversion, once.
 */
import { isPerChannel, sizeOf } from '../graph/node.js';
import type { Dtype, Shape } from '../graph/operations.js';
import { blockedDomain, type Emitter } from './emitter.js';

/**
 * `plain` is the program's own order; `channelsFirst` is [N, C, H, W]; `blocked` keeps that shape, but in memory it is
 * [N, C / block, H, W, block]: operators that take elements one by one do not mind.
 */
export type Layout = 'plain' | 'channelsFirst' | 'blocked';

type Four = readonly [number, number, number, number];

export class Value {
  readonly #names = new Map<Layout, string>();
  readonly #make: (emitter: Emitter) => string;
  /** The layout it was computed in. */
  readonly layout: Layout;

  /** @param name - or how to make the value, where it may turn out that nobody reads it */
  constructor(
    readonly shape: Shape,
    readonly dtype: Dtype,
    name: string | ((emitter: Emitter) => string),
    layout: Layout = 'plain',
  ) {
    this.layout = layout;
    this.#make = typeof name === 'string' ? () => name : name;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The name of the value in this layout. */
  in(layout: Layout, emitter: Emitter): string {
    let name = this.#names.get(layout);
    if (name === undefined) {
      name = layout === this.layout ? this.#make(emitter) : this.#convert(layout, emitter);
      this.#names.set(layout, name);
    }
    return name;
  }

  plain(emitter: Emitter): string {
    return this.in('plain', emitter);
  }

  #convert(layout: Layout, emitter: Emitter): string {
    const [batch, height, width, channels] = this.shape as Four;
    const name = this.in(this.layout, emitter);
    if (this.layout === 'blocked' || layout === 'blocked') {
      return this.dtype === 'float32'
        ? this.#reorder(name, layout, emitter)
        : this.#reorderByTransposing(name, layout, emitter);
    }
    // With one pixel or one channel both orders are the same in memory.
    const sameOrder = height * width === 1 || channels === 1;
    const target = layout === 'plain' ? this.shape : [batch, channels, height, width];
    const permutation = layout === 'plain' ? [0, 2, 3, 1] : [0, 3, 1, 2];
    return sameOrder ? emitter.reshape(name, target) : emitter.transpose(name, permutation);
  }

  #reorder(name: string, layout: Layout, emitter: Emitter): string {
    const [batch, height, width, channels] = this.shape as Four;
    // A single block of channels comes last in both.
    if (channels === emitter.target.block && (layout === 'plain' || this.layout === 'plain')) {
      return emitter.reshape(name, layout === 'plain' ? this.shape : [batch, channels, height, width]);
    }
    if (layout === 'blocked') {
      const attributes = this.layout === 'plain' ? { channels_last: 1 } : {};
      return emitter.emit('ReorderInput', [name], attributes, blockedDomain);
    }
    const attributes = layout === 'plain' ? { channels, channels_last: 1 } : { channels };
    return emitter.emit('ReorderOutput', [name], attributes, blockedDomain);
  }

  /** onnxruntime's reordering knows float32 only; masks and integers take this way. */
  #reorderByTransposing(name: string, layout: Layout, emitter: Emitter): string {
    const { block } = emitter.target;
    const [batch, height, width, channels] = this.shape as Four;
    const [pixels, blocks] = [height * width, channels / block];
    const views: Record<Layout, readonly number[]> = {
      plain: [batch, pixels, blocks, block],
      channelsFirst: [batch, blocks, block, pixels],
      blocked: [batch, blocks, pixels, block],
    };
    const other = layout === 'blocked' ? this.layout : layout;
    const permutation = other === 'plain' ? [0, 2, 1, 3] : [0, 1, 3, 2];
    const moved = emitter.transpose(emitter.reshape(name, views[this.layout]), permutation);
    return emitter.reshape(moved, layout === 'plain' ? this.shape : [batch, channels, height, width]);
  }
}

/** Whether so many channels (or images, where those act as channels) fill whole blocks on this machine. */
export function fillsBlocks(channels: number, emitter: Emitter): boolean {
  const { block } = emitter.target;
  return block > 0 && channels % block === 0;
}

/** Layouts in which every axis has a position of its own. */
export type PositionalLayout = Exclude<Layout, 'blocked'>;

/** The layout of a value for operators that name axes. */
export function positional(value: Value): PositionalLayout {
  return value.layout === 'blocked' ? 'plain' : value.layout;
}

/** Where axis i of [N, H, W, C] is with the channels first. */
const channelsFirstPositions = [0, 2, 3, 1] as const;

/** The position in `layout` of an axis of [N, H, W, C]; other ranks have the plain layout only. */
export function axisIn(layout: PositionalLayout, axis: number): number {
  return layout === 'plain' ? axis : channelsFirstPositions[axis]!;
}

/** Numbers given per axis in the order of [N, H, W, C], put into the order of the layout. */
export function arrange<Item>(layout: PositionalLayout, perAxis: readonly Item[]): Item[] {
  const arranged = [...perAxis];
  perAxis.forEach((item, axis) => {
    arranged[axisIn(layout, axis)] = item;
  });
  return arranged;
}

/** Whether the value has all elements of the shape, and as many axes. */
export function isWhole(value: Value, shape: Shape): boolean {
  return value.shape.length === shape.length && value.size === sizeOf(shape);
}

/** The layout in which an element-wise operation over these values needs the fewest conversions. */
export function commonLayout(values: readonly Value[], shape: Shape): Layout {
  if (shape.length !== 4) return 'plain';
  const layouts = values.filter((value) => isWhole(value, shape)).map(({ layout }) => layout);
  if (layouts.includes('blocked')) {
    const simple = values.every(
      (value) => value.size === 1 || isWhole(value, shape) || isPerChannel(value.shape, shape),
    );
    return simple ? 'blocked' : 'plain';
  }
  return layouts.includes('channelsFirst') ? 'channelsFirst' : 'plain';
}
