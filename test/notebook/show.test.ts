import * as tf from '@tensorflow/tfjs';
import { table } from 'arquero';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { accuracyBars } from '../../src/figures/index.js';
import { images, type Showable, show } from '../../src/notebook/index.js';
import { FakeHost } from './fake-host.js';

vi.mock('jsdom', { spy: true });

const chart = accuracyBars({ InfoNCE: 0.9, DCL: 0.95 }, { subtitle: 'mnist test, n = 10000' });

describe('in the kernel', () => {
  const host = new FakeHost();
  beforeEach(() => host.install());
  afterEach(() => host.remove());

  test('a figure is a Plotly object, HTML with the same picture, a picture and text, in one output', async () => {
    show(chart);
    await host.finished();
    const [, first, last] = host.shown;
    expect(host.shown).toHaveLength(3);
    expect(first).toMatchObject({ update: false, id: last?.id });
    expect(first?.data).not.toHaveProperty('image/png');
    expect(last?.update).toBe(true);
    expect(last?.data['application/vnd.plotly.v1+json']).toMatchObject({
      data: chart.data,
      layout: chart.layout,
    });
    const png = last?.data['image/png'] as string;
    expect(Buffer.from(png, 'base64').subarray(1, 4).toString()).toBe('PNG');
    expect(last?.data['text/html']).toContain(`src="data:image/png;base64,${png}"`);
    expect(last?.data['text/plain']).toContain('DCL: 95');
    const alt = 'Accuracy on the test set – mnist test, n = 10000';
    expect(last?.metadata).toEqual({ 'image/png': { width: 760, height: 460, alt } });
  });

  test('without plotly.js in the notebook a figure has no HTML, which could not draw it', async () => {
    vi.stubEnv('DCL_LAB_PLOTLY', 'omit');
    show(chart);
    await host.finished();
    vi.unstubAllEnvs();
    expect(host.shown).toHaveLength(2);
    expect(Object.keys(host.shown[1]!.data)).toEqual([
      'application/vnd.plotly.v1+json',
      'image/png',
      'text/plain',
    ]);
  });

  test('the first figure alone brings plotly.js, compressed, and nothing is fetched', async () => {
    show(chart);
    show(chart);
    await host.finished();
    const scripts = host.shown.filter(({ data }) =>
      String(data['text/html']).includes('DecompressionStream'),
    );
    expect(scripts).toHaveLength(1);
    expect(String(scripts[0]?.data['text/html']).length).toBeLessThan(3e6);
    expect(host.shown[0]).toBe(scripts[0]);
  });

  test('a chart that needs WebGL keeps its live form and has no picture', async () => {
    show({ data: [{ type: 'scattergl', x: [1], y: [1] }], layout: {} });
    await host.finished();
    expect(host.shown.at(-1)?.data).toHaveProperty('application/vnd.plotly.v1+json');
    expect(host.shown.at(-1)?.data).not.toHaveProperty('image/png');
  });

  test('a picture that cannot be drawn is told and leaves the live form; the next is drawn again', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    class Broken {
      constructor() {
        throw new Error('out of memory');
      }
    }
    vi.mocked(JSDOM).mockImplementationOnce(Broken as unknown as () => JSDOM);
    vi.resetModules();
    const fresh = await import('../../src/notebook/index.js');
    fresh.show(chart);
    await host.finished();
    expect(log.mock.calls.join()).toMatch(/The picture of ".*" could not be drawn: out of memory/);
    expect(host.shown.at(-1)?.data).toHaveProperty('application/vnd.plotly.v1+json');
    expect(host.shown.at(-1)?.data).not.toHaveProperty('image/png');
    fresh.show(chart);
    await host.finished();
    expect(host.shown.at(-1)?.data).toHaveProperty('image/png');
    log.mockRestore();
  });

  test('a title cannot close the script that draws it', async () => {
    show({ data: [], layout: { title: { text: '</script><script>alert(1)</script>' } } });
    await host.finished();
    const html = String(host.shown.at(-1)?.data['text/html']);
    expect(html.match(/<\/script/g)).toHaveLength(1);
  });

  test('a table is HTML whose numbers stand at the right, and text in columns', () => {
    show(table({ loss: ['DCL', '<b>'], top1: [0.987654321, 0.5] }));
    const { data } = host.shown[0]!;
    expect(data['text/html']).toContain('<td style="text-align:right">0.98765</td>');
    expect(data['text/html']).toContain('&lt;b&gt;');
    expect(data['text/plain']).toBe('loss     top1\n----  -------\nDCL   0.98765\n<b>       0.5');
  });

  test('a table shows what it holds: nothing for nothing, NaN, dates, arrays of numbers', () => {
    const when = [new Date(0), null, undefined];
    const list = [[1, 2], Float32Array.of(0.1, 3), null];
    show(table({ value: [Number.NaN, 1e-9, null], when, list }));
    expect(host.shown[0]?.data['text/plain']).toBe(
      [
        'value  when                      list',
        '-----  ------------------------  -------',
        '  NaN  1970-01-01T00:00:00.000Z  [1,2]',
        ' 1e-9                            [0.1,3]',
        '',
      ].join('\n'),
    );
  });

  test('a grid of images is a picture in which each pixel is a square', async () => {
    const grid = images(Uint8Array.of(0, 255, 128, 64), { shape: [1, 2, 1], columns: 1 });
    show(grid);
    await host.finished();
    const { default: sharp } = await import('sharp');
    const png = Buffer.from(host.shown.at(-1)?.data['image/png'] as string, 'base64');
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([2 * 40 + 12, 2 * 40 + 18]);
    const at = (x: number, y: number) => data[info.channels * (y * info.width + x)];
    expect([at(6, 6), at(45, 45), at(46, 6), at(85, 45)]).toEqual([0, 0, 255, 255]);
    expect([at(6, 52), at(85, 91)]).toEqual([128, 64]);
    const opaque = (x: number, y: number) => data[info.channels * (y * info.width + x) + info.channels - 1];
    expect([opaque(5, 5), opaque(6, 6)]).toEqual([0, 255]);
  });

  test('large images are made smaller, and a long caption has lines below its image', async () => {
    const pixels = new Uint8Array(2 * 256 * 512).fill(200, 256 * 512);
    const sizeWith = async (labels: string[]) => {
      show(images(pixels, { shape: [256, 512, 1], labels }));
      await host.finished();
      const { default: sharp } = await import('sharp');
      const png = Buffer.from(host.shown.at(-1)?.data['image/png'] as string, 'base64');
      const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
      const at = (x: number, y: number) => data[info.channels * (y * info.width + x)];
      expect([at(70, 38), at(204, 38)]).toEqual([0, 200]);
      return [info.width, info.height];
    };
    const [width, height] = [2 * (128 + 6) + 6, 64 + 12];
    expect(await sizeWith([])).toEqual([width, height]);
    expect(await sizeWith(['tiger shark 97 %', 'ray'])).toEqual([width, height + 20]);
    expect(await sizeWith(['great white shark as tiger shark 97 %', 'ray'])).toEqual([width, height + 35]);
  });
});

describe('outside Jupyter', () => {
  function printedBy(value: Showable): string {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    show(value);
    const text = log.mock.calls.join('\n');
    log.mockRestore();
    return text;
  }

  test('a figure is its titles and a line for each series', () => {
    const curve = { type: 'scatter', mode: 'lines', name: 'DCL', x: [1, 2, 3, 4], y: [4, 3, 2, 1] };
    const layout = {
      title: { text: 'Loss' },
      xaxis: { title: { text: 'step' } },
      yaxis: { title: { text: 'nats' } },
    };
    expect(printedBy({ data: [curve], layout })).toBe(
      'Loss\nnats by step\n  DCL: 4 to 1, lowest 1, highest 4\n    █▆▃▁',
    );
  });

  test('a long table says how many rows are left out', () => {
    const text = printedBy(table({ step: Array.from({ length: 30 }, (_, i) => i) }));
    expect(text).toMatch(/24\n5 more of 30 rows$/);
  });

  test('a tensor has its type, shape and values', () => {
    expect(printedBy(tf.tensor2d([[1, 2]], undefined, 'int32'))).toBe(
      'int32 tensor of shape [1,2]\n    [[1, 2],]',
    );
  });

  test('anything else is printed as console.log does', () => {
    expect(printedBy('text')).toBe('text');
    expect(printedBy({ a: [1] })).toBe('{ a: [ 1 ] }');
  });
});

describe('images that cannot be laid out are refused', () => {
  test.each([
    [() => images(new Uint8Array(12)), 'Give the shape of one image'],
    [() => images(new Uint8Array(13), { shape: [2, 2, 3] }), '13 values are no images of shape [2,2,3]'],
    [() => images(new Uint8Array(8), { shape: [2, 2, 2] }), 'one or three channels'],
    [
      () => images(new Uint8Array(8), { shape: [2, 2, 1], labels: ['a'] }),
      '1 labels were given for 2 images',
    ],
    [() => images(tf.zeros([2, 2])), 'A tensor of shape [2,2] holds no images'],
  ])('%#', (call, message) => {
    expect(call).toThrow(message);
  });
});
