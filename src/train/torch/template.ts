/**
 * A text with parts that are there on a condition, each between two lines of their own, which may be nested:
 *
 *     #: if loss = dcl
 *     ...
 *     #: end
 *
 * and `{{name}}` for a value. What is left has no trace of it.
 */

/** @throws Error for a condition or a value that is not given, or a part without an end: the template is at fault */
export function fillTemplate(
  template: string,
  conditions: ReadonlyMap<string, boolean>,
  values: Readonly<Record<string, string>>,
): string {
  const open: boolean[] = [];
  const lines = template.split('\n').filter((line) => {
    const [, condition] = /^\s*#: if (.+)$/.exec(line) ?? [];
    if (condition !== undefined) {
      open.push(required(conditions.get(condition), `condition ${condition}`));
      return false;
    }
    if (/^\s*#: end$/.test(line)) {
      required(open.pop(), 'part for an end');
      return false;
    }
    return open.every((holds) => holds);
  });
  if (open.length > 0) throw new Error('The template has a part without an end.');
  return lines
    .join('\n')
    .replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => required(values[name], `value ${name}`));
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The template needs a ${what}.`);
  return value;
}
