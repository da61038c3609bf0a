import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { captureText } from '../../src/notebook/kernel/capture-text.js';

function captured(wanted = true): { stream: PassThrough; texts: string[] } {
  const stream = new PassThrough();
  const texts: string[] = [];
  captureText(stream, (text) => {
    texts.push(text);
    return wanted;
  });
  return { stream, texts };
}

test('who writes is told when that is done, with and without an encoding', async () => {
  const { stream, texts } = captured();
  await new Promise((resolve) => stream.write('a', resolve));
  await new Promise((resolve) => stream.write('62', 'hex', resolve));
  expect(texts.join('')).toBe('ab');
});

test('a letter whose bytes come in two parts stays one letter', () => {
  const { stream, texts } = captured();
  const bytes = Buffer.from('ü');
  stream.write(bytes.subarray(0, 1));
  stream.write(bytes.subarray(1));
  expect(texts.join('')).toBe('ü');
});

test('what is not wanted reaches the stream, and who writes is told', async () => {
  const { stream } = captured(false);
  await new Promise((resolve) => stream.write('YQ==', 'base64', resolve));
  expect(String(stream.read())).toBe('a');
});
