import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { writeDurably } from '../src/durable-file.js';
import { canLimitFiles, canMount, withDiskOf, withFilesUpTo } from './faults/full-disk.js';

const done = vi.hoisted((): string[] => []);
vi.mock('node:fs/promises', async (original) => {
  const files = await original<typeof import('node:fs/promises')>();
  const open = async (path: string, ...rest: never[]) => {
    const file = await files.open(path, ...rest);
    const sync = file.sync.bind(file);
    file.sync = async () => {
      await sync();
      done.push(`sync ${path}`);
    };
    return file;
  };
  const rename = async (from: string, to: string) => {
    await files.rename(from, to);
    done.push(`rename ${from} ${to}`);
  };
  return { ...files, open, rename };
});

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-'));
  path = join(folder, 'file');
  done.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const posix = process.platform !== 'win32';

/** Writes 200 KiB over the file in a process that runs through a command, and says how that went and what there is then. */
function overwrittenThrough([command, ...args]: readonly string[], prepare = ''): unknown {
  const script = `
    import { writeDurably } from '${pathToFileURL('dist/durable-file.js')}';
    import fs from 'node:fs';
    ${prepare}
    const error = await writeDurably('${path}', Buffer.alloc(200 * 1024, 7)).catch(({ code }) => code);
    console.log(JSON.stringify({ error, is: fs.readFileSync('${path}', 'latin1').slice(0, 20), names: fs.readdirSync('${folder}') }));`;
  const node = [process.execPath, '--input-type=module', '--eval', script];
  const { stdout, stderr } = spawnSync(command!, [...args, ...node], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('a durable file', () => {
  test('replaces what was there and leaves nothing else', async () => {
    await writeDurably(path, 'before');
    await writeDurably(path, Uint8Array.of(97, 98));
    expect(await readFile(path, 'utf8')).toBe('ab');
    expect(await readdir(folder)).toEqual(['file']);
  });

  test('is flushed before it has its name, and the folder after', async () => {
    await writeDurably(path, 'x');
    const temporary = /^sync (.*\.\d+)$/.exec(done[0]!)![1];
    expect(done).toEqual([
      `sync ${temporary}`,
      `rename ${temporary} ${path}`,
      ...(posix ? [`sync ${folder}`] : []),
    ]);
  });

  test.runIf(posix)('keeps its permissions, or has those that are given', async () => {
    const permissions = async () => (await stat(path)).mode & 0o777;
    await writeDurably(path, 'x', 0o600);
    expect(await permissions()).toBe(0o600);
    await chmod(path, 0o664);
    await writeDurably(path, 'y');
    expect(await permissions()).toBe(0o664);
  });

  test.runIf(posix)('is written where a link leads', async () => {
    await writeFile(path, 'before');
    await symlink(path, join(folder, 'link'));
    await writeDurably(join(folder, 'link'), 'after');
    expect(await readFile(path, 'utf8')).toBe('after');
    expect((await readdir(folder)).sort()).toEqual(['file', 'link']);
  });

  test('is as it was where it cannot be replaced', async () => {
    await expect(writeDurably(join(folder, 'nowhere', 'file'), 'x')).rejects.toThrow('ENOENT');
    await expect(writeDurably(folder, 'x')).rejects.toThrow(/EISDIR|EPERM|ENOTEMPTY/);
    expect(await readdir(folder)).toEqual([]);
  });

  test.runIf(canLimitFiles)('is as it was where the system cuts the write short', async () => {
    await writeFile(path, 'before');
    expect(overwrittenThrough(withFilesUpTo(100))).toEqual({ error: 'EFBIG', is: 'before', names: ['file'] });
    expect(overwrittenThrough(withFilesUpTo(1000))).toMatchObject({ is: '\u0007'.repeat(20) });
  });

  test.runIf(canMount)('is as it was where the disk becomes full', () => {
    const prepare = `fs.writeFileSync('${path}', 'before');`;
    expect(overwrittenThrough(withDiskOf(100, folder), prepare)).toEqual({
      ...{ error: 'ENOSPC', is: 'before', names: ['file'] },
    });
    expect(overwrittenThrough(withDiskOf(1000, folder), prepare)).toMatchObject({ is: '\u0007'.repeat(20) });
  });
});
