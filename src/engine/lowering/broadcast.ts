/** Element-wise operators over operands of several shapes, in the layout that needs the fewest conversions. */
import type { Dtype, Shape } from '../graph/operations.js';
import type { Emitter } from './emitter.js';
import { result } from './lowering.js';
import { commonLayout, isWhole, type Layout, Value } from './value.js';

/**
 * Emits an operator over operands that broadcast to the instruction's shape.
 *
 * @param deciding the operands whose layout matters; conditions, which are cheap to move, are left out
 */
export function elementwise(
  instruction: { readonly shape: Shape; readonly dtype: Dtype },
  operands: readonly Value[],
  emitter: Emitter,
  emit: (names: readonly string[]) => string,
  deciding: readonly Value[] = operands,
): Value {
  const { shape } = instruction;
  const layout = commonLayout(deciding, shape);
  if (layout !== 'blocked') {
    const names = operands.map((operand) => broadcastOperand(operand, layout, shape.length, emitter));
    return result(instruction, emit(names), layout);
  }
  const perChannel = operands.some((operand) => operand.size !== 1 && !isWhole(operand, shape));
  const names = operands.map((operand) => blockedOperand(operand, shape, perChannel, emitter));
  const lowered = emit(names);
  const [batch, height, width, channels] = shape as readonly [number, number, number, number];
  const name = perChannel ? emitter.reshape(lowered, [batch, channels, height, width]) : lowered;
  return result(instruction, name, layout);
}

function broadcastOperand(value: Value, layout: Layout, rank: number, emitter: Emitter): string {
  if (value.size === 1) {
    return value.shape.length > rank ? emitter.reshape(value.plain(emitter), []) : value.plain(emitter);
  }
  if (layout === 'plain') return value.plain(emitter);
  if (value.shape.length === 4) return value.in(layout, emitter);
  const padded = [...Array<number>(4 - value.shape.length).fill(1), ...value.shape];
  const widened = new Value(padded, value.dtype, emitter.reshape(value.plain(emitter), padded));
  return widened.in(layout, emitter);
}

/** With an operand per channel, the others are seen as they lie in memory: [N, C / block, pixels, block]. */
function blockedOperand(value: Value, shape: Shape, perChannel: boolean, emitter: Emitter): string {
  const { block } = emitter.target;
  const [batch, height, width, channels] = shape as readonly [number, number, number, number];
  if (value.size === 1) return emitter.reshape(value.plain(emitter), []);
  if (!isWhole(value, shape)) return emitter.reshape(value.plain(emitter), [channels / block, 1, block]);
  const name = value.in('blocked', emitter);
  return perChannel ? emitter.reshape(name, [batch, channels / block, height * width, block]) : name;
}
