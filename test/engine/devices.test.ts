/** Training on a GPU or on TensorFlow gives what our CPU gives, each in a process of its own, for its driver's environment. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

/** Debian's Chromium brings SwiftShader, a Vulkan driver that computes on the CPU. */
const chromium = '/usr/lib/chromium';
const swiftShader = `${chromium}/vk_swiftshader_icd.json`;
const vulkan = existsSync(swiftShader) ? { VK_DRIVER_FILES: swiftShader, LD_LIBRARY_PATH: chromium } : {};

/** What the script prints, or why that is not available. */
function run<Observed>(script: string, device: string): Observed | string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', `test/engine/${script}.ts`, device],
    { encoding: 'utf8', env: { ...vulkan, ...process.env } },
  );
  if (status === 3) return stderr.trim();
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Observed;
}

interface Training {
  /** Losses of four steps, then q of the last. */
  readonly values: readonly number[];
  readonly providers: readonly string[];
  readonly copies: number;
}

it.for(['webgpu', 'cuda', 'tensorflow'])(
  'trains on %s as on the CPU',
  { timeout: 300_000 },
  (device, { skip }) => {
    const training = run<Training>('training-losses', device);
    if (typeof training === 'string') return skip(training);
    const { values } = run<Training>('training-losses', 'cpu') as Training;
    expect(training.values).toHaveLength(values.length);
    for (const [i, value] of values.entries()) expect(training.values[i]).toBeCloseTo(value, 3);
    if (device === 'webgpu') {
      expect(training.providers).toEqual(['WebGpuExecutionProvider']);
      expect(training.copies).toBe(0);
    }
  },
);

interface Residency {
  readonly steps: {
    readonly weightBytes: number;
    readonly inputBytes: number;
    readonly perStep: readonly [toDevice: number, toHost: number];
    readonly onDevice: readonly number[];
    readonly grownBy: number;
    readonly readings: readonly (readonly [toDevice: number, toHost: number])[];
  };
  readonly loaded: { readonly toDevice: readonly number[]; readonly onDevice: readonly number[] };
  readonly needed: { readonly values: readonly number[]; readonly onDevice: number };
  readonly plain: readonly number[];
  readonly switched: readonly number[];
  readonly debugged: readonly number[];
}

describe('values computed through WebGPU', () => {
  let observed: Residency | string;

  beforeAll(() => {
    observed = run<Residency>('device-residency', 'webgpu');
  }, 300_000);

  const seen = (name: string, check: (residency: Residency) => void) =>
    it(name, ({ skip }) => {
      if (typeof observed === 'string') return skip(observed);
      check(observed);
    });

  seen('stay on the device from step to step, and only the loss leaves it', ({ steps }) => {
    // TensorFlow.js makes the ones of the mean's gradient anew, as many as there are inputs.
    expect(steps.perStep).toEqual([2 * steps.inputBytes, 4]);
  });

  seen(
    'take the same memory after a thousand steps, and none but of constants when they are disposed',
    ({ steps }) => {
      const constants = steps.onDevice[2]!;
      const training = 2 * steps.weightBytes + constants;
      expect(steps.onDevice).toEqual([training, training, constants]);
      expect(constants).toBeLessThan(100);
      // The driver's memory is the process's own: steps that released nothing left 330 MB.
      expect(steps.grownBy).toBeLessThan(100e6);
    },
  );

  seen('are copied to the host when they are first read', ({ steps }) => {
    expect(steps.readings).toEqual([
      [0, steps.weightBytes],
      [0, 0],
    ]);
  });

  seen('stay there too when they came from the host and are used again', ({ loaded, steps }) => {
    const [numberBytes, weightBytes] = [4, steps.weightBytes];
    expect(loaded.toDevice).toEqual([weightBytes + numberBytes, weightBytes + numberBytes, 0]);
    expect(loaded.onDevice).toEqual([weightBytes + numberBytes, numberBytes]);
  });

  seen('last until the operations that read them are computed', ({ needed }) => {
    const expected = [2, 5, 10, 3];
    expect(needed.values).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(needed.values[i]).toBeCloseTo(value, 5);
    expect(needed.onDevice).toBe(0);
  });

  seen('reach kernels in plain JavaScript', ({ plain }) => {
    expect(plain).toEqual([3, 4]);
  });

  seen('move to the host when the device changes', ({ switched }) => {
    expect(switched).toEqual([2, 3, 20, 30, 21, 31]);
  });

  seen('can be debugged', ({ debugged }) => {
    expect(debugged).toEqual([0, 2]);
  });
});
