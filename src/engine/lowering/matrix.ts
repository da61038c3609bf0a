/** Matrix products; transpositions are flags of onnxruntime's own operator. */
import { type LoweringTable, result } from './lowering.js';

export const matrixLowerings: LoweringTable<'matMul'> = {
  matMul: (instruction, [a, b], emitter) => {
    const { transposeA, transposeB } = instruction.attributes;
    const operands = [a!.plain(emitter), b!.plain(emitter)];
    if (!transposeA && !transposeB) return result(instruction, emitter.emit('MatMul', operands));
    const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
    if (instruction.shape.length === 2)
      return result(instruction, emitter.emit('Gemm', operands, attributes));
    return result(
      instruction,
      emitter.emit('FusedMatMul', operands, attributes, { domain: 'com.microsoft' }),
    );
  },
};
