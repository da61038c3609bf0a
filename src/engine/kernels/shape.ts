/** Kernels that move elements without computing: slices, concatenation, padding, gathering, transposition. */
import * as tf from '@tensorflow/tfjs';
import { type HostValues, node, reshaped, type Source } from '../graph/node.js';
import { binary } from './elementwise.js';
import { listed, type Recorder, type RecorderTable, recorder } from './recorder.js';

export function transpose(x: Source, permutation: readonly number[]): Source {
  const shape = permutation.map((axis) => x.shape[axis]!);
  return node('transpose', { permutation }, [x], shape, x.dtype);
}

function slice(
  x: Source,
  begin: readonly number[],
  size: readonly number[],
  strides?: readonly number[],
): Source {
  return node('slice', { begin, strides: strides ?? begin.map(() => 1) }, [x], size, x.dtype);
}

function concat(parts: readonly Source[], axis: number): Source {
  tf.backend_util.assertParamsConsistent(
    parts.map((part) => [...part.shape]),
    axis,
  );
  const shape = [...parts[0]!.shape];
  shape[axis] = parts.reduce((total, part) => total + part.shape[axis]!, 0);
  return parts.length === 1 ? parts[0]! : node('concat', { axis }, parts, shape, parts[0]!.dtype);
}

/** Consecutive pieces of the given sizes along the axis. */
function split(x: Source, sizes: readonly number[], axis: number): Source[] {
  let offset = 0;
  return sizes.map((size) => {
    const begin = x.shape.map((_, index) => (index === axis ? offset : 0));
    offset += size;
    return slice(
      x,
      begin,
      x.shape.map((full, index) => (index === axis ? size : full)),
    );
  });
}

/** For TensorFlow.js's own checks, which look at shape and type only. */
function info({ shape, dtype }: Source): tf.TensorInfo {
  return { dataId: {}, shape: [...shape], dtype };
}

function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

const pad = recorder<tf.PadV2Attrs>(({ x }, { paddings, constantValue }) => {
  const before = paddings.map(([first]) => first);
  const after = paddings.map(([, last]) => last);
  const shape = x!.shape.map((size, axis) => size + before[axis]! + after[axis]!);
  return x!.dtype === 'bool'
    ? undefined
    : node('pad', { before, after, value: constantValue }, [x!], shape, x!.dtype);
});

const mirrorPad = recorder<tf.MirrorPadAttrs>(({ x }, { paddings, mode }) => {
  if (mode !== 'reflect' || x!.dtype === 'bool') return undefined;
  const before = paddings.map(([first]) => first);
  const after = paddings.map(([, last]) => last);
  const shape = x!.shape.map((size, axis) => size + before[axis]! + after[axis]!);
  return node('reflectPad', { before, after }, [x!], shape, x!.dtype);
});

const stridedSlice = recorder<tf.StridedSliceAttrs>(({ x }, attributes) => {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
  const info = tf.slice_util.sliceInfo(
    [...x!.shape],
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  if (info.isIdentity) return reshaped(x!, info.finalShape);
  const size = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  if (size.some((length) => length <= 0)) return undefined;
  return reshaped(slice(x!, info.begin, size, info.strides), info.finalShape);
});

/** Indices on the host are checked at once; the others are onnxruntime's to check. */
function requireIndices(indices: HostValues, size: number): void {
  const wrong = indices.find((index) => !(index >= 0 && index < size));
  tf.util.assert(wrong === undefined, () => `GatherV2: the index value ${wrong} is not in [0, ${size - 1}].`);
}

const gather = recorder<tf.GatherV2Attrs>(({ x, indices }, { axis, batchDims }) => {
  const [positive] = tf.util.parseAxisParam(axis, [...x!.shape]);
  if (batchDims) return undefined;
  if (indices!.kind === 'leaf' && indices!.values !== undefined) {
    requireIndices(indices!.values, x!.shape[positive!]!);
  }
  const shape = [...x!.shape.slice(0, positive), ...indices!.shape, ...x!.shape.slice(positive! + 1)];
  return node('gather', { axis: positive! }, [x!, indices!], shape, x!.dtype);
});

const gatherNd: Recorder = ({ params, indices }) => {
  const [shape] = tf.gather_util.prepareAndValidate(info(params!), info(indices!));
  return node('gatherNd', {}, [params!, indices!], shape, params!.dtype);
};

const topK = recorder<tf.TopKAttrs>(({ x }, { k }) => {
  if (x!.dtype === 'bool' || k === 0) return undefined;
  const shape = [...x!.shape.slice(0, -1), k];
  return [
    node('topK', { k, result: 'values' }, [x!], shape, x!.dtype),
    node('topK', { k, result: 'indices' }, [x!], shape, 'int32'),
  ];
});

const oneHot = recorder<tf.OneHotAttrs>(({ indices }, { depth, onValue, offValue, dtype }) => {
  if (dtype !== undefined && dtype !== 'float32' && dtype !== 'int32') return undefined;
  const shape = [...indices!.shape, depth];
  return node('oneHot', { depth, on: onValue, off: offValue }, [indices!], shape, dtype ?? 'int32');
});

/** Rows whose segment does not exist go to one more row, which is cut off. */
const unsortedSegmentSum = recorder<tf.UnsortedSegmentSumAttrs>(({ x, segmentIds }, { numSegments }) => {
  if (x!.dtype !== 'float32' || segmentIds!.shape.length !== 1) return undefined;
  const constant = (value: number) => node('constant', { value }, [], segmentIds!.shape, 'int32');
  const [first, beyond] = [constant(0), constant(numSegments)];
  const exists = binary(
    'logicalAnd',
    binary('greaterEqual', segmentIds!, first),
    binary('less', segmentIds!, beyond),
  );
  const rows = node('select', {}, [exists, segmentIds!, beyond], segmentIds!.shape, 'int32');
  const rest = x!.shape.slice(1);
  const indices = reshaped(rows, [...rows.shape, 1]);
  const sums = node('scatterNd', {}, [indices, x!], [numSegments + 1, ...rest], 'float32');
  return slice(
    sums,
    sums.shape.map(() => 0),
    [numSegments, ...rest],
  );
});

export const shapeKernels: RecorderTable = {
  Transpose: recorder<tf.TransposeAttrs>(({ x }, { perm }) => transpose(x!, perm)),

  Slice: recorder<tf.SliceAttrs>(({ x }, { begin, size }) => {
    const [from, lengths] = tf.slice_util.parseSliceParams(
      { shape: [...x!.shape] } as tf.Tensor,
      begin,
      size,
    );
    tf.slice_util.assertParamsValid(
      { shape: [...x!.shape], rank: x!.shape.length } as tf.Tensor,
      from!,
      lengths!,
    );
    return lengths!.some((length) => length === 0) ? undefined : slice(x!, from!, lengths!);
  }),

  StridedSlice: stridedSlice,

  Concat: recorder<tf.ConcatAttrs>((inputs, { axis }) => {
    const parts = listed(inputs);
    return concat(parts, positiveAxis(axis, parts[0]!.shape.length));
  }),

  Pack: recorder<tf.PackAttrs>((inputs, { axis }) => {
    const first = inputs[0]!;
    const position = positiveAxis(axis, first.shape.length + 1);
    for (const { shape, dtype } of listed(inputs)) {
      tf.util.assertShapesMatch(
        [...first.shape],
        [...shape],
        'stack: all tensors must have the same shape. ',
      );
      tf.util.assert(dtype === first.dtype, () => `stack: ${first.dtype} cannot be stacked with ${dtype}.`);
    }
    const parts = listed(inputs).map((part) =>
      reshaped(part, [...part.shape.slice(0, position), 1, ...part.shape.slice(position)]),
    );
    return concat(parts, position);
  }),

  Unpack: recorder<tf.UnpackAttrs>(({ value }, { axis }) => {
    const position = positiveAxis(axis, value!.shape.length);
    const pieces = split(value!, Array<number>(value!.shape[position]!).fill(1), position);
    const shape = value!.shape.filter((_, index) => index !== position);
    return pieces.map((piece) => reshaped(piece, shape));
  }),

  SplitV: recorder<tf.SplitVAttrs>(({ x }, { numOrSizeSplits, axis }) => {
    const [positive] = tf.util.parseAxisParam(axis, [...x!.shape]);
    const sizes = tf.backend_util.prepareSplitSize(
      { shape: [...x!.shape] } as tf.Tensor,
      numOrSizeSplits,
      positive,
    );
    return split(x!, sizes, positive!);
  }),

  PadV2: pad,
  MirrorPad: mirrorPad,

  Tile: recorder<tf.TileAttrs>(({ x }, { reps }) =>
    node(
      'tile',
      { repeats: reps },
      [x!],
      x!.shape.map((size, axis) => size * reps[axis]!),
      x!.dtype,
    ),
  ),

  Reverse: recorder<tf.ReverseAttrs>(({ x }, { dims }) => {
    const axes = tf.util.parseAxisParam(dims, [...x!.shape]);
    const reversed = x!.shape.map((_, axis) => axes.includes(axis));
    const begin = x!.shape.map((size, axis) => (reversed[axis] ? size - 1 : 0));
    return slice(
      x!,
      begin,
      x!.shape,
      reversed.map((backwards) => (backwards ? -1 : 1)),
    );
  }),

  GatherV2: gather,
  GatherNd: gatherNd,

  ScatterNd: recorder<tf.ScatterNdAttrs>(({ indices, updates }, { shape }) => {
    if (updates!.dtype !== 'float32') return undefined;
    const addresses = indices!.shape.length > 1 ? indices! : reshaped(indices!, [...indices!.shape, 1]);
    return node('scatterNd', {}, [addresses, updates!], shape, updates!.dtype);
  }),

  UnsortedSegmentSum: unsortedSegmentSum,

  OneHot: oneHot,
  TopK: topK,
};
