import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What examples may use without saying where it comes from. */
const context = `
import type { data as room, methods } from 'dcl-lab';
declare global {
  const dcl: typeof import('dcl-lab');
  const mnist: room.Splits;
  const data: room.Dataset & room.Splits;
  const encoder: import('@tensorflow/tfjs').LayersModel;
  const method: methods.Method;
}`;

/** The code blocks of docstrings and of the README, by where they stand. */
function examples(): Map<string, string> {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => blocks(`src/${path}`, /^ *\* ```ts\n(.*?)^ *\* ```$/gms));
  return new Map([...sources, ...blocks('README.md', /^```js\n(.*?)^```$/gms)]);
}

function blocks(path: string, pattern: RegExp): [string, string][] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(pattern)].map(([, block = ''], i) => [
    `${path} ${i + 1}`,
    path.endsWith('.ts') ? block.replaceAll(/^ *\* ?/gm, '') : block,
  ]);
}

/** What the compiler says of each example, as a notebook's cell sees the built library. */
function complaints(codes: ReadonlyMap<string, string>): string[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'notebooks/tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    join(root, 'notebooks'),
  );
  const places = new Map(
    [...codes.keys()].map((place, i) => [join(root, `notebooks/example-${i}.ts`), place]),
  );
  const files = new Map([...places].map(([file, place]) => [file, `${codes.get(place)}\nexport {};\n`]));
  files.set(join(root, 'notebooks/context.ts'), context);
  options.noUnusedLocals = false;
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    return `${places.get(file?.fileName ?? '') ?? file?.fileName}: ${message}`;
  });
}

test('every example in a docstring and in the README compiles against the built library', () => {
  const found = examples();
  expect(found.size).toBeGreaterThan(15);
  expect(complaints(found)).toEqual([]);
});

test('an example of what the library does not have is found out', () => {
  const wrong = new Map([['README.md 1', 'await dcl.data.load(7);\ndcl.losses.dcl({ warmth: 1 });']]);
  expect(complaints(wrong)).toEqual([
    expect.stringMatching(/^README.md 1: Argument of type 'number'/),
    expect.stringMatching(/^README.md 1: .*'warmth' does not exist/),
  ]);
});
