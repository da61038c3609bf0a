import { createRequire } from 'node:module';

/** Versions of what computes a trial besides this library. */
export interface Versions {
  /** Of Node.js. */
  readonly node: string;
  /** Of TensorFlow.js. */
  readonly tfjs: string;
  /** Of onnxruntime-node. */
  readonly onnxruntime: string;
}

const require = createRequire(import.meta.url);

/** This library's version. */
export const libraryVersion: string = require('../../package.json').version;

export const versions: Versions = {
  node: process.versions.node,
  tfjs: require('@tensorflow/tfjs/package.json').version,
  onnxruntime: require('onnxruntime-node/package.json').version,
};
