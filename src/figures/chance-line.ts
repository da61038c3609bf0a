/** The layout's part that draws the accuracy of guessing. @param chance - from 0 to 1; none is drawn without it */
export function chanceLine(chance: number | undefined): Record<string, unknown> {
  if (chance === undefined) return {};
  const y = 100 * chance;
  const line = { color: '#222222', width: 1.5, dash: 'dash' };
  return { shapes: [{ type: 'line', xref: 'paper', x0: 0, x1: 1, y0: y, y1: y, line }] };
}

/** What the subtitle says of the line. */
export function chanceText(chance: number | undefined): string | undefined {
  return chance === undefined ? undefined : `dashed line: chance, ${(100 * chance).toFixed(0)} %`;
}
