/** Asks for the lock of each folder that it reads from standard input, all askers at the same moment, and says who has it. */
import { createInterface } from 'node:readline';

const { RunLock } = await import(process.argv[2]);

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { folder, moment } = JSON.parse(line);
  while (Date.now() < moment);
  const began = performance.timeOrigin + performance.now();
  const lock = await RunLock.take(folder).catch((error) => error);
  const ended = performance.timeOrigin + performance.now();
  const refusal = lock instanceof Error ? `${lock.name}: ${lock.message}` : undefined;
  console.log(JSON.stringify({ refusal, began, ended }));
}
