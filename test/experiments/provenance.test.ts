import { expect, test } from 'vitest';
import { provenance } from '../../src/experiments/index.js';
import { tableOf } from '../../src/experiments/results.js';
import { row } from './rows.js';

test('provenance tells of each machine and version what it computed, when and for how long', () => {
  const hour = { trainSeconds: 3000, evaluationSeconds: 600 };
  const results = tableOf([
    row({ ...hour, finishedAt: '2026-01-02T05:04:05.678Z' }),
    row({ ...hour, finishedAt: '2026-01-02T03:04:05.678Z', seed: 2 }),
    row({ ...hour, node: '24.0.0', threads: null }),
  ]);
  expect(provenance(results).objects()).toEqual([
    {
      trials: 2,
      seeds: '1, 2',
      from: '2026-01-02 03:04',
      to: '2026-01-02 05:04',
      hours: 2,
      machine: 'cpu, 2 threads, a CPU',
      software: 'dcl-lab 0.1.0, onnxruntime (onnxruntime 1.30.0), TensorFlow.js 4.22.0, Node.js 20.19.0',
    },
    expect.objectContaining({ trials: 1, hours: 1, machine: 'cpu, a CPU' }),
  ]);
});
