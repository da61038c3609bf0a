const most = 22;

/** The name of a class for an axis: its first name, cut where it is long. */
export function shortened(name: string): string {
  const [first = ''] = name.split(',');
  return first.length <= most ? first : `${first.slice(0, most - 1)}…`;
}
