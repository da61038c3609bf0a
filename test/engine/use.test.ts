import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { statistics, type UseOptions, use } from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('use', () => {
  it('chooses onnxruntime by itself and says why', async () => {
    const info = await use();
    expect(info).toMatchObject({ name: 'onnxruntime', device: 'cpu' });
    expect(info.threads).toBeGreaterThan(0);
    expect(info.reason).toMatch(/^onnxruntime on \d+ CPU threads, because .+\.$/);
    expect(tf.getBackend()).toBe('onnxruntime');
  });

  it('moves tensors when the engine or its threads change', async () => {
    await use({ name: 'onnxruntime', threads: 1 });
    const computed = tf.add(tf.tensor1d([1, 2]), 1);
    await use({ name: 'onnxruntime', threads: 2 });
    const onward = tf.mul(computed, 10);
    await use({ name: 'cpu' });
    expect([...tf.add(onward, 0.5).dataSync()]).toEqual([20.5, 30.5]);
    await use({ name: 'onnxruntime', threads: 1 });
    expect([...tf.sub(onward, 1).dataSync()]).toEqual([19, 29]);
  });

  it('says nothing on the console', async () => {
    const spies = (['log', 'warn', 'info', 'error'] as const).map((method) => vi.spyOn(console, method));
    for (const name of ['onnxruntime', 'cpu'] as const) {
      await use({ name });
      tf.square(tf.tensor1d([1, 2, 3])).dataSync();
    }
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it.each<[UseOptions, RegExp]>([
    [{ name: 'tpu' as 'cpu' }, /engine is 'tpu'; choose auto, onnxruntime, tensorflow, cpu/],
    [{ device: 'npu' as 'cpu' }, /device is 'npu'; choose cpu, webgpu, cuda/],
    [{ threads: 0 }, /threads is 0; it must be a whole number of at least 1/],
    [{ threads: 1.5 }, /threads is 1.5/],
  ])('refuses %j', async (options, message) => {
    const refused = use(options);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});

describe('use with what may not be there', () => {
  it('computes on a GPU through WebGPU as on the CPU, or says what is missing', async () => {
    const info = await use({ device: 'webgpu' }).catch((error: unknown) => error as Error);
    if (info instanceof Error) {
      expect(info).toBeInstanceOf(InputError);
      expect(info.message).toMatch(
        /^Device 'webgpu' is not available: .+ Leave device out to use the CPU\.$/,
      );
      return;
    }
    expect(info).toMatchObject({ name: 'onnxruntime', device: 'webgpu' });
    const product = tf.matMul(tf.ones([4, 3]), tf.fill([3, 2], 2));
    expect([...tf.relu(tf.sub(product, 5)).dataSync()]).toEqual(Array<number>(8).fill(1));
  });

  it('computes through CUDA, or says what is missing', async () => {
    const info = await use({ device: 'cuda' }).catch((error: unknown) => error as Error);
    if (info instanceof Error)
      expect(info.message).toMatch(/^Device 'cuda' is not available: .+npx dcl-lab engine cuda/);
    else expect(info.device).toBe('cuda');
  });

  it('computes with TensorFlow, or says what to install', async () => {
    const info = await use({ name: 'tensorflow' }).catch((error: unknown) => error as Error);
    if (info instanceof Error) {
      expect(info).toBeInstanceOf(InputError);
      expect(info.message).toMatch(
        /npx dcl-lab engine tensorflow.+npm run engine:tensorflow.+default engine 'onnxruntime'/,
      );
    } else expect(info.name).toBe('tensorflow');
  });
});

describe('the onnxruntime backend', () => {
  it('computes everything alive in one run, and nothing that was disposed', async () => {
    await use({ name: 'onnxruntime', threads: 1 });
    const { runs, compilations } = statistics();
    const x = tf.tensor1d([1, 4, 9]);
    const root = tf.sqrt(x);
    const other = tf.neg(root);
    tf.exp(other).dispose();
    expect([...root.dataSync()]).toEqual([1, 2, 3]);
    expect([...other.dataSync()]).toEqual([-1, -2, -3]);
    expect(statistics()).toMatchObject({ runs: runs + 1, compilations: compilations + 1 });
  });

  it('frees data when the last tensor that shares it goes', async () => {
    await use({ name: 'onnxruntime', threads: 1 });
    const before = tf.memory();
    const x = tf.sqrt(tf.ones([4]));
    const matrix = x.reshape([2, 2]);
    const copy = matrix.clone();
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 2);
    x.dispose();
    expect([...copy.dataSync()]).toEqual([1, 1, 1, 1]);
    tf.dispose([matrix, copy]);
    expect(tf.memory().numTensors).toBe(before.numTensors + 1);
  });

  it('keeps at most 32 sessions', async () => {
    await use({ name: 'onnxruntime', threads: 1 });
    const evicted = statistics().evictions;
    const present = statistics().sessions;
    for (let size = 1; size <= 40; size += 1) tf.tidy(() => tf.square(tf.ones([size, 2])).dataSync());
    expect(statistics().sessions).toBe(32);
    expect(statistics().evictions).toBe(evicted + present + 40 - 32);
  });

  it('hands kernels it cannot record to plain JavaScript and says so once', async () => {
    await use({ name: 'onnxruntime', threads: 1 });
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const unique = () => [...tf.unique(tf.add(tf.tensor1d([1, 2, 1]), 1)).values.dataSync()];
    expect(unique()).toEqual([2, 3]);
    expect(unique()).toEqual([2, 3]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(/kernel Unique\(float32\[3\]\) .* runs in plain JavaScript/);
    expect(statistics().plainKernels.Unique).toBe(2);
  });

  it('holds strings, complex numbers and empty tensors', async () => {
    await use({ name: 'onnxruntime', threads: 1 });
    vi.spyOn(console, 'warn').mockReturnValue();
    expect(tf.concat([tf.tensor1d(['a']), tf.tensor1d(['b'])]).dataSync()).toEqual(['a', 'b']);
    const complex = tf.complex([1, 2], [3, 4]);
    expect([...tf.real(tf.mul(complex, complex)).dataSync()]).toEqual([-8, -12]);
    const empty = tf.zeros([0, 3]);
    expect(tf.add(empty, 1).shape).toEqual([0, 3]);
    expect([...tf.sum(empty, 0).dataSync()]).toEqual([0, 0, 0]);
    expect([...tf.concat([empty as tf.Tensor2D, tf.ones([1, 3])]).dataSync()]).toEqual([1, 1, 1]);
  });

  it('lets the event loop turn while a value is awaited', async () => {
    await use({ name: 'onnxruntime', threads: 1 });
    const order: string[] = [];
    setImmediate(() => order.push('other work'));
    await tf.square(tf.ones([2])).data();
    order.push('value');
    expect(order).toEqual(['other work', 'value']);
  });
});
