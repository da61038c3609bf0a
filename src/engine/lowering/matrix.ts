/** Matrix products, with transpositions as flags of onnxruntime's own operators where the device has them. */
import { type Emitter, fusedDomain } from './emitter.js';
import { type LoweringTable, result } from './lowering.js';

export const matrixLowerings: LoweringTable<'matMul'> = {
  matMul: (instruction, [a, b], emitter) => {
    const operands = [a!.plain(emitter), b!.plain(emitter)] as const;
    const rank = instruction.shape.length;
    return result(instruction, matrixProduct(operands, { ...instruction.attributes, rank }, emitter));
  },
};

interface ProductOptions {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Axes of either operand; those before the last two are stacked matrices. */
  readonly rank: number;
}

export function matrixProduct(
  [a, b]: readonly [string, string],
  { transposeA, transposeB, rank }: ProductOptions,
  emitter: Emitter,
): string {
  if (!transposeA && !transposeB) return emitter.emit('MatMul', [a, b]);
  const flags = { transA: Number(transposeA), transB: Number(transposeB) };
  if (rank === 2) return emitter.emit('Gemm', [a, b], flags);
  if (emitter.target.device !== 'webgpu') return emitter.emit('FusedMatMul', [a, b], flags, fusedDomain);
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const swapped = [...axes.slice(0, -2), rank - 1, rank - 2];
  const turned = (name: string, transposed: boolean) =>
    transposed ? emitter.transpose(name, swapped) : name;
  return emitter.emit('MatMul', [turned(a, transposeA), turned(b, transposeB)]);
}
