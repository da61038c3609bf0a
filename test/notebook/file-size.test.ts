import { expect, test, vi } from 'vitest';
import * as figures from '../../src/figures/index.js';
import { serialise } from '../../src/notebook/format/notebook.js';
import { show } from '../../src/notebook/index.js';
import { FakeHost } from './fake-host.js';

const random = (i: number) => Math.abs(Math.sin(12.9898 * (i + 1)) * 43758.5453) % 1;
const classes = Array.from({ length: 20 }, (_, c) => `class ${c}`);
const histogram = Array.from({ length: 20 }, (_, bin) => bin * bin);
const steps = Array.from({ length: 20_000 }, (_, i) => ({
  ...{ step: i + 1, epoch: i / 100, loss: 5 - Math.log1p(i) / 3 + random(i) },
  multiplier: { mean: 0.9, variation: 0.2, histogram },
}));
const multiplier = { mean: 0.9, variation: 0.2, histogram };
const points = Float32Array.from({ length: 4000 }, (_, i) => random(i));
const labels = Int32Array.from({ length: 2000 }, (_, i) => i % 20);
const counts = Int32Array.from({ length: 400 }, (_, i) => (i % 21 === 0 ? 90 : i % 3));

const ten: figures.Figure[] = [
  figures.lossCurve({ InfoNCE: { steps }, DCL: { steps } }),
  figures.trainingProgress({ title: 'DCL', status: ['done'], steps }),
  figures.multiplierHistogram({ InfoNCE: multiplier, DCL: multiplier }),
  figures.multiplierDuringTraining({
    InfoNCE: steps.map(({ step, multiplier }) => ({ step, ...multiplier })),
  }),
  figures.accuracyBars({ InfoNCE: 0.8, DCL: 0.9 }),
  figures.embeddingMap({ points, labels, classes }),
  figures.similarityMatrix({ similarities: points.slice(0, 2500) }),
  figures.confusionMatrix({ classes, counts }),
  figures.neighbourClasses({ DCL: [1, 2, 3].map((epoch) => ({ epoch, share: epoch / 4 })) }),
  figures.alignmentUniformityPlane({
    DCL: [{ alignment: 0.5, uniformity: -2, data: 'mnist test', images: 100, seed: 1 }],
  }),
];

test('a notebook of ten figures is under 2 MB where plotly.js need not be inside', async () => {
  const host = new FakeHost();
  host.install();
  vi.stubEnv('DCL_LAB_PLOTLY', 'omit');
  for (const figure of ten) show(figure);
  await host.finished();
  vi.unstubAllEnvs();
  host.remove();
  const last = new Map(host.shown.map((output) => [output.id, output]));
  expect(last.size).toBe(10);
  const cells = [...last.values()].map(({ id, data, metadata = {} }) => ({
    ...({ cell_type: 'code', id, metadata: {}, source: '', execution_count: 1 } as const),
    outputs: [{ output_type: 'display_data', data, metadata } as const],
  }));
  for (const { data } of last.values()) expect(data).toHaveProperty('image/png');
  const file = serialise({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
  expect(file.length).toBeLessThan(2e6);
});
