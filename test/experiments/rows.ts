import { type Results, tableOf } from '../../src/experiments/results.js';
import type { ResultRow } from '../../src/experiments/row.js';

/** A finished trial of made-up numbers. */
export function row(changes: Partial<ResultRow> = {}): ResultRow {
  return {
    key: '12e45678',
    method: 'simclr',
    queueSize: null,
    keyMomentum: null,
    loss: 'infonce',
    temperature: 0.1,
    sigma: null,
    lossScale: 'mean over the anchors',
    batchSize: 32,
    epochs: 10,
    seed: 1,
    learningRate: 0.06,
    learningRateRule: 'linear',
    peakLearningRate: 0.015,
    warmupEpochs: 0,
    momentum: 0.9,
    weightDecay: 5e-4,
    architecture: 'resnet18',
    stem: 'cifar',
    width: 16,
    headFeatures: 128,
    views: '{"cropScale":[0.08,1],"text":"a, \\"b\\""}',
    data: 'cifar10 train (10000 of 50000)',
    images: 10_000,
    fingerprint: '1e5',
    testData: 'cifar10 test',
    testImages: 10_000,
    testFingerprint: '0042',
    knnNeighbours: 200,
    knnTemperature: 0.1,
    linearEpochs: 90,
    dclLab: '0.1.0',
    knnTop1: 0.5,
    linearTop1: 0.55,
    finalLoss: 1.25,
    meanQ: 0.75,
    variationQ: 0.25,
    trainSeconds: 100.5,
    evaluationSeconds: 10,
    finishedAt: '2026-01-02T03:04:05.678Z',
    engine: 'onnxruntime',
    device: 'cpu',
    threads: 2,
    processor: 'a CPU',
    node: '20.19.0',
    tfjs: '4.22.0',
    onnxruntime: '1.30.0',
    ...changes,
  };
}

/** Trials that differ in their seeds, 1 and up, and in their kNN accuracies. */
export function seeds(accuracies: readonly number[], changes: Partial<ResultRow> = {}): Results {
  return tableOf(accuracies.map((knnTop1, i) => row({ seed: i + 1, knnTop1, ...changes })));
}
