import { beforeEach, expect, test } from 'vitest';
import { createLanguage, type Language } from '../../src/notebook/kernel/language.js';
import { type CellRequest, Session } from '../../src/notebook/kernel/session.js';
import type { JsonObject } from '../../src/notebook/protocol/message.js';

interface Answer {
  readonly reply: JsonObject;
  readonly published: readonly (readonly [type: string, content: JsonObject])[];
}

/** Runs one cell; resolves when the session says that it is idle. */
function answerTo(
  session: Session,
  code: string,
  cell?: Pick<CellRequest, 'cell' | 'deletedCells'>,
): Promise<Answer> {
  return new Promise((resolve) => {
    const published: [string, JsonObject][] = [];
    let reply: JsonObject = {};
    session.submit({
      ...cell,
      code,
      stopOnError: true,
      reply: (content) => {
        reply = content;
      },
      publish: (type, content) => {
        published.push([type, content]);
        if (content.execution_state === 'idle') resolve({ reply, published });
      },
    });
  });
}

const language = createLanguage(process.cwd());
let session: Session;
beforeEach(() => {
  session = new Session(language);
});

test('a value that throws when it is printed fails its cell, and the next one runs', async () => {
  const hostile =
    'class Hostile { [Symbol.for("nodejs.util.inspect.custom")]() { throw new RangeError("do not look"); } }';
  const { reply, published } = await answerTo(session, `${hostile}\nnew Hostile()`);
  expect(reply).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'do not look' });
  expect(published.map(([type]) => type)).toContain('error');
  expect((await answerTo(session, 'const next = 1;')).reply).toMatchObject({ status: 'ok' });
});

test('a thrown value that cannot be looked at fails its cell as well', async () => {
  const { reply } = await answerTo(
    session,
    'throw { [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("do not look"); } };',
  );
  expect(reply).toMatchObject({ status: 'error', evalue: 'a value that cannot be printed' });
});

test('an error of the compiler itself fails the cell', async () => {
  const broken: Language = { ...language, run: () => Promise.reject(new TypeError('convert')) };
  const { reply } = await answerTo(new Session(broken), '1');
  expect(reply).toMatchObject({ status: 'error', ename: 'TypeError', evalue: 'convert' });
});

test('work that belongs to the cell fails it when it fails', async () => {
  const cell: Language = {
    ...language,
    async run() {
      session.finishWith(Promise.reject(new Error('no picture')));
      return {};
    },
  };
  session = new Session(cell);
  const { reply } = await answerTo(session, 'show(chart)');
  expect(reply).toMatchObject({ status: 'error', evalue: 'no picture' });
});

test('an error is told in text, whatever its fields are', async () => {
  const { reply } = await answerTo(session, 'throw Object.assign(new Error(), { message: 10n, name: {} });');
  expect(reply).toMatchObject({ evalue: '10', ename: '[object Object]' });
});

test('an output that the notebook needs once may be claimed again when its cell runs anew or is deleted', async () => {
  const claims: boolean[] = [];
  const claiming: Language = {
    ...language,
    async run() {
      claims.push(session.claim('plotly.js'), session.claim('plotly.js'));
      return {};
    },
  };
  session = new Session(claiming);
  await answerTo(session, '', { cell: 'a' });
  await answerTo(session, '', { cell: 'b' });
  await answerTo(session, '', { cell: 'a' });
  await answerTo(session, '', { cell: 'b', deletedCells: ['a'] });
  await answerTo(session, '');
  expect(claims).toEqual([true, false, false, false, true, false, true, false, false, false]);
});
