import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tslabTypeScript } from './tslab-typescript.js';

/**
 * Cells import `dcl-lab` and the packages it brings from a notebook in any folder: what is not found from the
 * notebook's folder upwards is taken from where dcl-lab itself finds it. Types and modules are looked up apart.
 */
const own = createRequire(import.meta.url);
const root = slashes(fileURLToPath(new URL('../../..', import.meta.url))).replace(/\/$/, '');

/** The part of TypeScript's access to the file system that module resolution uses. */
interface System {
  fileExists(path: string): boolean;
  directoryExists(path: string): boolean;
  getDirectories(path: string): string[];
  readFile(path: string, encoding?: string): string | undefined;
  realpath(path: string): string;
}

/**
 * For types; to be called before tslab's compiler is made. Its TypeScript 5.0 resolution knows neither a package's
 * reference to itself nor NODE_PATH, so `directory`/node_modules is made to look as if it held the packages.
 */
export function offerTypes(directory: string): void {
  const sys = tslabTypeScript.sys as unknown as System;
  const real: System = {
    fileExists: sys.fileExists.bind(sys),
    directoryExists: sys.directoryExists.bind(sys),
    getDirectories: sys.getDirectories.bind(sys),
    readFile: sys.readFile.bind(sys),
    realpath: sys.realpath.bind(sys),
  };
  const modules = `${slashes(directory)}/node_modules/`;
  const located = new Map<string, string | undefined>();
  const forward = (path: string): string => {
    if (!path.startsWith(modules) || real.fileExists(path) || real.directoryExists(path)) return path;
    const [name, rest] = splitName(path.slice(modules.length));
    if (!located.has(name)) located.set(name, locate(name));
    const at = located.get(name);
    return at === undefined ? path : at + rest;
  };
  sys.fileExists = (path) => real.fileExists(forward(path));
  sys.directoryExists = (path) => real.directoryExists(forward(path));
  sys.getDirectories = (path) => real.getDirectories(forward(path));
  sys.readFile = (path, encoding) => real.readFile(forward(path), encoding);
  sys.realpath = (path) => real.realpath(forward(path));
}

/** For running; to be called once tslab has set up the `require` of cells, which this wraps. */
export function offerModules(): void {
  const lab = cellGlobals();
  lab.require = new Proxy(lab.require, {
    apply(fromCell: NodeJS.Require, _self, [name]: [string]) {
      try {
        return fromCell(name);
      } catch (error) {
        if (!isNotFound(error, name)) throw error;
        return own(name);
      }
    },
  });
}

/** Loads a module as the `require` of cells does; does nothing where it cannot be loaded, which a cell would be told. */
export function loadModule(name: string): void {
  try {
    cellGlobals().require(name);
  } catch {}
}

/** What tslab compiles a cell's imports to. */
function cellGlobals(): { require: NodeJS.Require } {
  return (globalThis as unknown as { __tslab__: { require: NodeJS.Require } }).__tslab__;
}

/** The folder of package `name`: this package, or one in the node_modules folders from here upwards. */
function locate(name: string): string | undefined {
  if (name === 'dcl-lab') return root;
  const folder = own.resolve.paths(name)?.find((candidate) => existsSync(join(candidate, name)));
  return folder === undefined ? undefined : slashes(join(folder, name));
}

function splitName(request: string): [name: string, rest: string] {
  const name = request
    .split('/')
    .slice(0, request.startsWith('@') ? 2 : 1)
    .join('/');
  return [name, request.slice(name.length)];
}

function isNotFound(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    code === 'MODULE_NOT_FOUND' && !name.startsWith('.') && message.startsWith(`Cannot find module '${name}'`)
  );
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}
