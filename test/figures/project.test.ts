import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { project } from '../../src/figures/index.js';

/** Rows around `clusters` centres, far apart along different features. */
function clustered(count: number, dimension: number, clusters: number): Float32Array {
  return Float32Array.from({ length: count * dimension }, (_, i) => {
    const [row, column] = [Math.floor(i / dimension), i % dimension];
    return Math.sin(12.9898 * (i + 1)) + (row % clusters === column ? 30 : 0);
  });
}

describe('pca', () => {
  test('finds the plane that points lie in: distances stay as they are', () => {
    const finite = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(finite, finite), { minLength: 6, maxLength: 12 }), (plane) => {
        const spread = plane.map(([a], i) => Math.abs(a - plane[(i + 1) % plane.length]![0]));
        fc.pre(Math.max(...spread) > 1);
        // Two orthonormal directions of a space of three dimensions.
        const features = plane.flatMap(([a, b]) => [0.6 * a, b, 0.8 * a]);
        const points = project({ features, count: plane.length, dimension: 3 });
        const before = plane.map(([a, b]) => Math.hypot(a - plane[0]![0], b - plane[0]![1]));
        const after = plane.map((_, i) =>
          Math.hypot(points[2 * i]! - points[0]!, points[2 * i + 1]! - points[1]!),
        );
        for (const [i, distance] of before.entries()) expect(after[i]).toBeCloseTo(distance, 2);
      }),
    );
  });

  test('takes values whose squares float64 cannot hold', () => {
    const plane = [0, 2.3e-80, 10, 0, 0, 0, -10, 0, 0, 0, 8.9e-243, 0];
    const features = Array.from({ length: 6 }, (_, i) => [
      0.6 * plane[2 * i]!,
      plane[2 * i + 1]!,
      0.8 * plane[2 * i]!,
    ]);
    const points = project({ features: features.flat(), count: 6, dimension: 3 });
    expect([...points].map(Math.abs)).toEqual(
      [0, 0, 10, 0, 0, 0, 10, 0, 0, 0, 0, 0].map((value) => expect.closeTo(value, 5)),
    );
  });

  test('puts the direction of larger variance first', () => {
    const features = Float32Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0 ? Math.sin(i) : 9 * Math.cos(i),
    );
    const points = project({ features, count: 20, dimension: 2 });
    const size = (offset: number) =>
      points.reduce((sum, value, i) => sum + (i % 2 === offset ? value ** 2 : 0), 0);
    expect(size(0)).toBeGreaterThan(10 * size(1));
  });
});

describe('umap', () => {
  const embeddings = { features: clustered(90, 5, 3), count: 90, dimension: 5 };

  test('gives the same map for the same seed and another for another', () => {
    const first = project(embeddings, { method: 'umap', seed: 1 });
    expect(project(embeddings, { method: 'umap', seed: 1 })).toEqual(first);
    expect(project(embeddings, { method: 'umap', seed: 2 })).not.toEqual(first);
  });

  test('keeps clusters together', () => {
    const points = project(embeddings, { method: 'umap' });
    const distance = (a: number, b: number) =>
      Math.hypot(points[2 * a]! - points[2 * b]!, points[2 * a + 1]! - points[2 * b + 1]!);
    const rows = Array.from({ length: 90 }, (_, i) => i);
    const nearest = rows.map((a) =>
      rows.filter((b) => b !== a).reduce((best, b) => (distance(a, b) < distance(a, best) ? b : best)),
    );
    expect(nearest.filter((b, a) => a % 3 === b % 3)).toHaveLength(90);
  });

  test('takes fewer rows than its usual neighbours, unless it is asked for that many', () => {
    for (const count of [3, 4, 15]) {
      const few = { features: clustered(count, 5, 3), count, dimension: 5 };
      const points = project(few, { method: 'umap' });
      expect(points).toHaveLength(2 * count);
      expect(points.every(Number.isFinite)).toBe(true);
      expect(() => project(few, { method: 'umap', neighbors: 15 })).toThrow('umap needs at least 16 rows');
    }
  });
});

describe('tsne', () => {
  const embeddings = { features: clustered(60, 5, 3), count: 60, dimension: 5 };

  test('keeps clusters together, and makes no random choice', () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.4);
    const points = project(embeddings, { method: 'tsne' });
    random.mockRestore();
    const distance = (a: number, b: number) =>
      Math.hypot(points[2 * a]! - points[2 * b]!, points[2 * a + 1]! - points[2 * b + 1]!);
    const rows = [...embeddings.features.slice(0, 60).keys()];
    const within = Math.max(
      ...rows.flatMap((a) => rows.filter((b) => a % 3 === b % 3).map((b) => distance(a, b))),
    );
    const between = Math.min(
      ...rows.flatMap((a) => rows.filter((b) => a % 3 !== b % 3).map((b) => distance(a, b))),
    );
    expect(between).toBeGreaterThan(within);
    expect(project(embeddings, { method: 'tsne' })).toEqual(points);
  });

  test('tells its progress, and takes rows that are all alike', () => {
    const told: number[] = [];
    const alike = { features: new Float32Array(12).fill(2), count: 6, dimension: 2 };
    const onProgress = (done: number, total: number) => told.push(done / total);
    expect(project(alike, { method: 'tsne', onProgress }).every(Number.isFinite)).toBe(true);
    expect(told).toHaveLength(500);
    expect(told.at(-1)).toBe(1);
  });

  test('refuses what it cannot arrange', () => {
    const rows = (count: number) => ({ features: new Float32Array(2 * count), count, dimension: 2 });
    expect(() => project(rows(4), { method: 'tsne' })).toThrow('tsne takes 5 to 4000 rows, not 4.');
    expect(() => project(rows(4001), { method: 'tsne' })).toThrow('not 4001; take fewer, or umap');
    expect(() => project(rows(16), { method: 'tsne', perplexity: 5.5 })).toThrow(
      'perplexity is 5.5; give more than 1 and at most a third of the other rows, 5.0',
    );
    expect(() => project(rows(16), { method: 'tsne', perplexity: 1 })).toThrow('perplexity is 1;');
  });
});

test('what cannot be projected is refused', () => {
  const few = { features: [1, 2, 3, 4], count: 2, dimension: 2 };
  expect(() => project(few)).toThrow('pca needs at least 3 rows, not 2');
  expect(() => project(few, { method: 'umap' })).toThrow('umap needs at least 3 rows, not 2');
  const diverged = [1, 2, 3, Number.NaN, 5, 6];
  expect(() => project({ features: diverged, count: 3, dimension: 2 })).toThrow('Row 1 holds NaN');
  expect(() => project({ ...few, count: 3 })).toThrow('4 features are no [3, 2] matrix');
  expect(() => project(few, { method: 'lle' as 'pca' })).toThrow("method is 'lle'; choose pca, umap, tsne");
});
