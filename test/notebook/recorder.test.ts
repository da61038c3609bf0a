import { expect, test } from 'vitest';
import type { Output } from '../../src/notebook/format/notebook.js';
import { Recorder } from '../../src/notebook/runner/recorder.js';

function recordedText(...texts: string[]): string {
  const outputs: Output[] = [];
  const recorder = new Recorder();
  for (const text of texts) recorder.record(outputs, 'stream', { name: 'stdout', text });
  expect(outputs).toHaveLength(1);
  return (outputs[0] as { text: string }).text;
}

test('a carriage return lets the line be overwritten, also across messages', () => {
  expect(recordedText('one\ntwo\rTWO\n', 'three\r', '3')).toBe('one\nTWO\n3hree');
  expect(recordedText('a\r\nb\r\n')).toBe('a\nb\n');
  expect(recordedText('50 %\r', '60 %\r')).toBe('60 %\r');
});

test('text of the two streams is kept apart', () => {
  const outputs: Output[] = [];
  const recorder = new Recorder();
  for (const name of ['stdout', 'stderr', 'stderr', 'stdout'])
    recorder.record(outputs, 'stream', { name, text: '.' });
  expect(outputs.map((output) => (output as { text: string }).text)).toEqual(['.', '..', '.']);
});

test('an update replaces each display with its id, wherever it is, and no other', () => {
  const recorder = new Recorder();
  const [first, second]: [Output[], Output[]] = [[], []];
  const display = (id: string, text: string) => ({
    data: { 'text/plain': text },
    transient: { display_id: id },
  });
  recorder.record(first, 'display_data', display('a', '1'));
  recorder.record(first, 'display_data', display('b', '1'));
  recorder.record(second, 'display_data', display('a', '2'));
  recorder.record(second, 'update_display_data', display('a', '3'));
  const shown = (outputs: Output[]) => outputs.map((output) => (output as { data: object }).data);
  expect(shown(first)).toEqual([{ 'text/plain': '3' }, { 'text/plain': '1' }]);
  expect(shown(second)).toEqual([{ 'text/plain': '3' }]);
});

test('what a cell ends in is its result, with the number of the cell', () => {
  const outputs: Output[] = [];
  const content = { data: { 'text/plain': '42' }, metadata: {}, execution_count: 7 };
  new Recorder().record(outputs, 'execute_result', content);
  expect(outputs).toEqual([{ output_type: 'execute_result', ...content }]);
});
