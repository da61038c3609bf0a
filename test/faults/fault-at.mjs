/**
 * Loaded by `node --import`: a fault at one of the process's file operations in a folder. FAULT_IN names the folder,
 * FAULT_AT the operation, by a pattern and which of those that match it, such as `^write checkpoint #2`, and FAULT what
 * happens: `SIGKILL` to the process itself, `hang` for an operation that never ends, or the code of the system's error. Data
 * that were to be written are written by half first. What is about to happen goes to standard error.
 */
import { writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const { FAULT_IN: place, FAULT_AT: operation, FAULT: fault } = process.env;
const [pattern, ordinal] = operation.split(' #');
let left = Number(ordinal);

/** Whether it happens at this operation: that one, and those after it if the process lives on. */
function due(kind, path) {
  if (!String(path).includes(place)) return false;
  const name = `${kind} ${basename(String(path))}`;
  if (!new RegExp(pattern).test(name) || --left > 0) return false;
  writeSync(2, `${fault} at: ${name}\n`);
  return true;
}

async function happen() {
  if (fault === 'SIGKILL') {
    process.kill(process.pid, 'SIGKILL');
    for (;;);
  }
  if (fault === 'hang') return new Promise(() => setInterval(() => {}, 1000));
  throw Object.assign(new Error(`${fault}: a fault for a test`), { code: fault });
}

for (const name of ['rename', 'rm', 'mkdir', 'link', 'readdir', 'readFile']) {
  const original = fs[name];
  fs[name] = (path, ...rest) => {
    if (due(name, path)) return happen();
    return original(path, ...rest);
  };
}

const { open, appendFile, writeFile } = fs;
for (const [name, original] of Object.entries({ appendFile, writeFile })) {
  fs[name] = async (path, data, ...rest) => {
    if (!due(name, path)) return original(path, data, ...rest);
    await original(path, data.slice(0, data.length / 2), ...rest);
    return happen();
  };
}
fs.open = async (path, ...rest) => {
  const file = await open(path, ...rest);
  const { writeFile: write, sync } = file;
  file.writeFile = async (data) => {
    if (!due('write', path)) return write.call(file, data);
    await write.call(file, data.slice(0, data.length / 2));
    return happen();
  };
  file.sync = () => {
    if (due('sync', path)) return happen();
    return sync.call(file);
  };
  return file;
};
syncBuiltinESMExports();
