/**
 * Loaded by `node --import`: the process kills itself (SIGKILL) at one of its file operations in a folder. KILL_IN names the
 * folder and KILL_AT the operation, by a pattern and which of those that match it, such as `^write checkpoint #2`. Data that
 * were to be written are written by half first. What it is about to do goes to standard error.
 */
import { writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const [pattern, ordinal] = process.env.KILL_AT.split(' #');
let left = Number(ordinal);

/** Whether to die at this operation. */
function due(operation, path) {
  if (!String(path).includes(process.env.KILL_IN)) return false;
  const name = `${operation} ${basename(String(path))}`;
  if (!new RegExp(pattern).test(name) || --left !== 0) return false;
  writeSync(2, `killed at: ${name}\n`);
  return true;
}

function die() {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

for (const operation of ['rename', 'rm', 'mkdir', 'link', 'readdir', 'readFile']) {
  const original = fs[operation];
  fs[operation] = (path, ...rest) => {
    if (due(operation, path)) die();
    return original(path, ...rest);
  };
}

const { open, appendFile, writeFile } = fs;
for (const [operation, original] of Object.entries({ appendFile, writeFile })) {
  fs[operation] = async (path, data, ...rest) => {
    if (!due(operation, path)) return original(path, data, ...rest);
    await original(path, data.slice(0, data.length / 2), ...rest);
    return die();
  };
}
fs.open = async (path, ...rest) => {
  const file = await open(path, ...rest);
  const { writeFile: write, sync } = file;
  file.writeFile = async (data) => {
    if (!due('write', path)) return write.call(file, data);
    await write.call(file, data.slice(0, data.length / 2));
    return die();
  };
  file.sync = () => {
    if (due('sync', path)) die();
    return sync.call(file);
  };
  return file;
};
syncBuiltinESMExports();
