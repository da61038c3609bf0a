import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { installKernel, uninstallKernel } from '../../src/notebook/index.js';
import type { JsonObject } from '../../src/notebook/protocol/message.js';
import { KernelClient } from '../../src/notebook/runner/client.js';
import { temporaryFolder } from './cells.js';

afterEach(() => vi.unstubAllEnvs());

test('Jupyter can start the kernel from its spec, and a cell finds dcl-lab from any folder', async () => {
  const prefix = temporaryFolder();
  const folder = await installKernel({ prefix });
  expect(folder).toBe(join(prefix, 'share', 'jupyter', 'kernels', 'dcl-lab'));
  const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'));
  expect(spec).toMatchObject({ display_name: 'DCL Lab (TypeScript)', language: 'typescript' });
  expect(readFileSync(join(folder, 'logo-svg.svg'), 'utf8')).toMatch(/^<svg /);

  const texts: unknown[] = [];
  const client = await KernelClient.start({
    directory: temporaryFolder(),
    command: spec.argv,
    onPublished: ({ content }) => texts.push(content.text ?? ''),
  });
  const execute = (code: string): Promise<JsonObject> =>
    client.request('execute_request', { code, silent: false }).done;
  await execute('import * as dcl from "dcl-lab";');
  expect(await execute('console.log(dcl.losses.names.join());')).toMatchObject({ status: 'ok' });
  expect(texts.join('')).toBe('infonce,dcl,dclw\n');
  expect(await execute('dcl.losses.dcl({ temperature: "warm" });')).toMatchObject({
    evalue: expect.stringContaining("Type 'string' is not assignable to type 'number'"),
  });
  const code = 'dcl.losses.inf';
  const { matches } = await client.request('complete_request', { code, cursor_pos: code.length }).done;
  expect(matches).toEqual(['infoNCE']);
  await client.stop();
});

test('what is installed can be taken away, once', async () => {
  const prefix = temporaryFolder();
  const folder = await installKernel({ prefix });
  await installKernel({ prefix });
  expect(await uninstallKernel({ prefix })).toBe(folder);
  expect(existsSync(folder)).toBe(false);
  await expect(uninstallKernel({ prefix })).rejects.toThrow('There is no kernel in');
});

test("without a prefix it goes where Jupyter keeps the user's data", async () => {
  vi.stubEnv('JUPYTER_DATA_DIR', temporaryFolder());
  expect(await installKernel()).toBe(join(process.env.JUPYTER_DATA_DIR!, 'kernels', 'dcl-lab'));
  vi.stubEnv('JUPYTER_DATA_DIR', '');
  vi.stubEnv('XDG_DATA_HOME', '');
  const shared = {
    darwin: 'Library/Jupyter',
    win32: 'AppData/Roaming/jupyter',
    linux: '.local/share/jupyter',
  };
  for (const [platform, data] of Object.entries(shared)) {
    vi.spyOn(process, 'platform', 'get').mockReturnValue(platform as NodeJS.Platform);
    vi.stubEnv('HOME', temporaryFolder());
    vi.stubEnv('APPDATA', join(homedir(), 'AppData', 'Roaming'));
    expect(await installKernel()).toBe(join(homedir(), data, 'kernels', 'dcl-lab'));
  }
  vi.restoreAllMocks();
});

test('a folder that cannot be written is named', async () => {
  await expect(installKernel({ prefix: '/dev/null' })).rejects.toThrow(/cannot be installed in .*dev.null/);
});
