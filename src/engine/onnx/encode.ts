/** ONNX graphs as the protobuf bytes that onnxruntime loads: only the messages and fields used here are declared. */
import protobuf from 'protobufjs';
import type { OnnxAttribute, OnnxConstant, OnnxGraph, OnnxType, OnnxValue } from './graph.js';

const descriptor = {
  nested: {
    OperatorSetId: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    Model: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'Graph', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSetId', id: 8 },
      },
    },
    Graph: {
      fields: {
        node: { rule: 'repeated', type: 'Node', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'Tensor', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfo', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfo', id: 12 },
      },
    },
    Node: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'Attribute', id: 5 },
        domain: { type: 'string', id: 7 },
      },
    },
    Attribute: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        ints: { rule: 'repeated', type: 'int64', id: 8 },
        type: { type: 'int32', id: 20 },
      },
    },
    Tensor: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    ValueInfo: { fields: { name: { type: 'string', id: 1 }, type: { type: 'Type', id: 2 } } },
    Type: { fields: { tensorType: { type: 'TensorType', id: 1 } } },
    TensorType: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'Shape', id: 2 } } },
    Shape: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
    Dimension: { fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } } },
  },
};

const Model = protobuf.Root.fromJSON(descriptor).lookupType('Model');

const elementTypes: Record<OnnxType, number> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

const irVersion = 9;
const standardOperators = { domain: '', version: 18 };
const operatorSets = [
  standardOperators,
  { domain: 'com.microsoft', version: 1 },
  { domain: 'com.microsoft.nchwc', version: 1 },
];

/** @param portable - of standard operators alone, which any runtime has */
export function encode(graph: OnnxGraph, portable = false): Uint8Array {
  const model = {
    irVersion,
    producerName: 'dcl-lab',
    opsetImport: portable ? [standardOperators] : operatorSets,
    graph: {
      name: 'program',
      node: graph.nodes.map((node) => ({
        name: node.outputs[0],
        opType: node.operator,
        domain: node.domain,
        input: node.inputs,
        output: node.outputs,
        attribute: Object.entries(node.attributes).map(([name, value]) => encodeAttribute(name, value)),
      })),
      initializer: graph.constants.map(encodeConstant),
      input: graph.inputs.map(encodeValue),
      output: graph.outputs.map(encodeValue),
    },
  };
  return Model.encode(model).finish();
}

function encodeAttribute(name: string, value: OnnxAttribute): object {
  if (typeof value === 'number') return { name, type: 2, i: value };
  if (typeof value === 'string') return { name, type: 3, s: Buffer.from(value) };
  if ('float' in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: value };
}

function encodeValue({ name, type, shape, batch }: OnnxValue): object {
  const dim = shape?.map((dimValue, axis) =>
    axis === 0 && batch !== undefined ? { dimParam: batch } : { dimValue },
  );
  const elemType = elementTypes[type];
  return { name, type: { tensorType: dim === undefined ? { elemType } : { elemType, shape: { dim } } } };
}

function encodeConstant({ name, type, shape, values }: OnnxConstant): object {
  return { name, dims: shape, dataType: elementTypes[type], rawData: rawBytes(type, values) };
}

function rawBytes(type: OnnxType, values: ArrayLike<number>): Uint8Array {
  const array = {
    float32: () => Float32Array.from(values),
    float64: () => Float64Array.from(values),
    int32: () => Int32Array.from(values),
    int64: () => BigInt64Array.from(values, BigInt),
    bool: () => Uint8Array.from(values),
    uint8: () => Uint8Array.from(values),
  }[type]();
  return new Uint8Array(array.buffer);
}
