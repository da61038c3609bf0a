import { describe, expect, it } from 'vitest';
import { type Machine, plan } from '../../../src/engine/install/plan.js';
import { InputError } from '../../../src/errors.js';

const linux: Machine = { platform: 'linux', architecture: 'x64', nvidiaGpu: false };
const mac: Machine = { platform: 'darwin', architecture: 'arm64', nvidiaGpu: false };
const windows: Machine = { platform: 'win32', architecture: 'x64', nvidiaGpu: true };

describe('how TensorFlow comes onto a machine', () => {
  it('on Linux: the download, else a build against the wheel without CUDA', () => {
    expect(plan(linux, {})).toEqual({
      packageName: '@tensorflow/tfjs-node-gpu',
      download: true,
      source: { kind: 'wheel', requirement: 'tensorflow-cpu==2.21.0', dependencies: false },
    });
  });

  it.each<[string, Machine, string, boolean]>([
    ['with an NVIDIA GPU', { ...linux, nvidiaGpu: true }, 'tensorflow[and-cuda]==2.21.0', true],
    ['on arm64', { ...linux, architecture: 'arm64' }, 'tensorflow==2.21.0', false],
  ])('%s another wheel', (_, machine, requirement, dependencies) => {
    const { download, source } = plan(machine, { wheel: true });
    expect(download).toBe(false);
    expect(source).toEqual({ kind: 'wheel', requirement, dependencies });
  });

  it('a given environment is built against at once', () => {
    const { download, source } = plan(linux, { environment: 'venv' });
    expect(download).toBe(false);
    expect(source).toEqual({ kind: 'environment', folder: 'venv' });
  });

  it.each([
    ['macOS', mac, '@tensorflow/tfjs-node'],
    ['Windows', windows, '@tensorflow/tfjs-node-gpu'],
  ])('on %s: the download, and nothing else', (_, machine, packageName) => {
    expect(plan(machine, {})).toEqual({ packageName, download: true });
    for (const wishes of [{ wheel: true }, { environment: 'venv' }]) {
      expect(() => plan(machine, wishes)).toThrow(InputError);
      expect(() => plan(machine, wishes)).toThrow(`this is ${machine.platform} ${machine.architecture}`);
    }
  });
});
