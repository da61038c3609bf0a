import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Cell, joined, type Notebook } from '../../src/notebook/format/notebook.js';
import { execute, fromSource } from '../../src/notebook/index.js';
import { chartsOf, outputsOf, savedNotebook, temporaryFolder } from './cells.js';

const sourceOf = (name: string) =>
  fromSource(readFileSync(fileURLToPath(new URL(`../../notebooks/${name}.ts`, import.meta.url)), 'utf8'));
const students = sourceOf('07-classroom');
const teachers = sourceOf('07-classroom.solutions');

const names = ['similarities', 'negatives', 'infonce', 'multiplier', 'dcl', 'pull'];
const tags = names.map((name) => `exercise-${name}`);
const tagOf = (cell: Cell) => cell.metadata.tags?.find((tag) => tags.includes(tag));

/** What each check says, by its exercise. */
function notes(notebook: Notebook): Record<string, string> {
  const said: Record<string, string> = {};
  for (const [index, cell] of notebook.cells.entries()) {
    const [, name] = /^show\(lesson\.check\('(\w+)'/.exec(joined(cell.source)) ?? [];
    if (name === undefined) continue;
    const [output] = outputsOf(notebook, index);
    said[name] = output?.output_type === 'display_data' ? String(output.data['text/plain']) : '';
  }
  return said;
}

/** Similarities, q by batch size, gradient by q, the training, q before and after. */
const charts = 5;
const small = () => ({ folder: temporaryFolder(), budget: 192, validationImages: 50 });

test('unsolved, every cell runs, and each check says what is not right', async () => {
  const executed = await execute(savedNotebook(students), { parameters: small() });
  const said = notes(executed);
  expect(Object.keys(said)).toEqual(names);
  expect(said.similarities).toContain('The embeddings keep their lengths');
  expect(said.negatives).toMatch(
    /1\. The anchor is among its own negatives.*2\. The positive is in the sum/s,
  );
  expect(said.infonce).toContain('This is -p alone');
  expect(said.multiplier).toContain('This is 1 - q');
  expect(said.dcl).toContain('DCL takes it out (Proposition 2)');
  expect(said.pull).toMatch(/q is left out.*anchor minus positive/s);
  expect(chartsOf(executed)).toBe(charts);
}, 300_000);

test("with the teacher's solutions, every check passes", async () => {
  const solutions = new Map(teachers.cells.map((cell) => [tagOf(cell), cell.source]));
  const cells = students.cells.map((cell) => {
    const tag = tagOf(cell);
    return tag === undefined ? cell : { ...cell, source: solutions.get(tag)! };
  });
  expect(students.cells.map(tagOf).filter(Boolean)).toEqual(tags);
  const final = cells.map((cell) => ({
    ...cell,
    source: joined(cell.source).replace(/^\/\/ show\(/, 'show('),
  }));
  const executed = await execute(savedNotebook({ ...students, cells: final as Cell[] }), {
    parameters: small(),
  });
  for (const [name, text] of Object.entries(notes(executed)))
    expect([name, text]).toEqual([name, expect.stringMatching(/: right\n/)]);
  const shown = executed.cells.flatMap((cell) => (cell.cell_type === 'code' ? cell.outputs : []));
  const text = JSON.stringify(shown);
  expect(text).toContain('Your q by batch size');
  expect(text).toContain('your losses; pixels');
  expect(text).toMatch(/hint 1 of \d/);
  expect(text).toContain('Final score: ');
  expect(text).not.toContain('not yet');
  expect(chartsOf(executed)).toBe(charts);
}, 300_000);

test("the teacher's own notebook runs", async () => {
  const executed = await execute(savedNotebook(teachers));
  expect(Object.values(notes(executed)).filter((text) => text.includes(': right\n'))).toHaveLength(
    names.length,
  );
}, 300_000);
