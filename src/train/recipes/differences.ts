import type { Recipe } from './recipe.js';

/** A setting as a table shows it. */
export type Shown = string | number | boolean;

/** A setting in which two recipes differ. */
export interface RecipeDifference {
  /** Such as `batchSize`, or `optimiser.weightDecay` for a part of a setting. */
  readonly setting: string;
  /** Its value in the first recipe; `none` where only the other has it. */
  readonly a: Shown;
  /** Its value in the second recipe, likewise. */
  readonly b: Shown;
}

/** What two recipes differ in, setting by setting, as rows of a table: `notebook.show(aq.from(differences(a, b)))`. */
export function differences(a: Recipe, b: Recipe): RecipeDifference[] {
  return differing(a.settings, b.settings);
}

function differing(a: object, b: object, path = ''): RecipeDifference[] {
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) => {
    const [one, other] = [left.get(name), right.get(name)];
    const setting = `${path}${name}`;
    if (isGroup(one) && isGroup(other)) return differing(one, other, `${setting}.`);
    const row = { setting, a: shown(one), b: shown(other) };
    return row.a === row.b ? [] : [row];
  });
}

/** A setting's value in a cell: parts by name with commas between, both ends of a range. */
export function shown(value: unknown): Shown {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.map((each) => cell(each)).join(' to ');
  if (!isGroup(value)) return value as Shown;
  return Object.entries(value)
    .map(([name, part]) => `${name} ${isGroup(part) ? `(${shown(part)})` : cell(part)}`)
    .join(', ');
}

function cell(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(shown(value));
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
