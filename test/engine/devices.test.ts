/** Training on a GPU or on TensorFlow gives what our CPU gives, each in a process of its own, for its driver's environment. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Debian's Chromium brings SwiftShader, a Vulkan driver that computes on the CPU. */
const chromium = '/usr/lib/chromium';
const swiftShader = `${chromium}/vk_swiftshader_icd.json`;
const vulkan = existsSync(swiftShader) ? { VK_DRIVER_FILES: swiftShader, LD_LIBRARY_PATH: chromium } : {};

/** Losses of three steps, then q of the last; or why that is not available. */
function train(device: string): number[] | string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'test/engine/training-losses.ts', device],
    { encoding: 'utf8', env: { ...vulkan, ...process.env } },
  );
  if (status === 3) return stderr.trim();
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as number[];
}

it.for(['webgpu', 'cuda', 'tensorflow'])(
  'trains on %s as on the CPU',
  { timeout: 300_000 },
  (device, { skip }) => {
    const values = train(device);
    if (typeof values === 'string') return skip(values);
    const reference = train('cpu') as number[];
    expect(values).toHaveLength(reference.length);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(reference[i]!, 3);
  },
);
