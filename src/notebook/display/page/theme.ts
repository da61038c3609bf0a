/**
 * What the colours of a figure become on a dark page; its white becomes the page's own colour. All of them have a contrast
 * of at least 3 against #1e1e1e, the lightest dark page of the common front ends, but the grid lines, which stay faint.
 */
export const darkColours: Readonly<Record<string, string>> = {
  '#222222': '#e6e6e6',
  '#555555': '#b8b8b8',
  '#e3e3e3': '#3d3d3d',
  '#000000': '#cccccc',
  '#0072b2': '#1f83c4',
};

/**
 * Runs in the page, so it refers to nothing outside itself. Plotly's JSON with each of its colours replaced by what
 * `colours` has for it.
 */
export function recoloured(value: unknown, colours: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return colours[value.toLowerCase()] ?? value;
  if (Array.isArray(value)) return value.map((item) => recoloured(item, colours));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, recoloured(item, colours)]));
}
