import { afterEach, beforeEach, expect, test } from 'vitest';
import { Note } from '../../src/classroom/note.js';
import { show } from '../../src/notebook/index.js';
import { FakeHost } from './fake-host.js';

const host = new FakeHost();
beforeEach(() => host.install());
afterEach(() => host.remove());

test('a note of the classroom is shown as HTML and as text, its terms as a table', () => {
  const terms = [{ name: 'U <of 3>', yours: 9.07612, right: Number.NaN }];
  show(new Note('wrong', 'DCL: not right yet', ['The positive is in the sum: a < b.', terms]));
  const { data } = host.shown.at(-1)!;
  const html = String(data['text/html']);
  expect(html).toContain('<strong>DCL: not right yet</strong>');
  expect(html).toContain('The positive is in the sum: a &lt; b.');
  expect(html).toMatch(/U &lt;of 3&gt;<\/td><td[^>]*>9.076<\/td><td[^>]*>NaN<\/td>/);
  expect(data['text/plain']).toBe(
    'DCL: not right yet\n\nThe positive is in the sum: a < b.\n\n              yours  right\n    U <of 3>  9.076    NaN',
  );
});

test('each kind of note has its own colour', () => {
  const colours = (['right', 'wrong', 'hint'] as const).map((tone) => {
    show(new Note(tone, 'title', []));
    return /border-left:5px solid (#\w+)/.exec(String(host.shown.at(-1)!.data['text/html']))![1];
  });
  expect(new Set(colours).size).toBe(3);
});
