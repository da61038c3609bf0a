import { formatted, type Note, type Term } from '../../classroom/note.js';
import { escapeHtml } from './escape.js';
import type { Presentation } from './presentation.js';

export function isNote(value: object): value is Note {
  return 'kind' in value && value.kind === 'note';
}

/** A bar on the left tells by its colour, and the title in words, what kind of note it is; the rest has the page's own colours. */
export function presentNote({ text, title, tone, parts }: Note): Presentation {
  const colour = { right: '#009e73', wrong: '#d55e00', hint: '#0072b2' }[tone];
  const body = parts.map((part) =>
    typeof part === 'string' ? `<p style="margin:6px 0">${escapeHtml(part)}</p>` : tableHtml(part),
  );
  const heading = `<p style="margin:0 0 6px"><strong>${escapeHtml(title)}</strong></p>`;
  return {
    text,
    html: `<div style="border-left:5px solid ${colour};padding:4px 14px;max-width:760px">${heading}${body.join('')}</div>`,
  };
}

function tableHtml(terms: readonly Term[]): string {
  const cell = (tag: string, value: string, align: string) =>
    `<${tag} style="text-align:${align};padding:2px 12px">${escapeHtml(value)}</${tag}>`;
  const row = (tag: string, [name, ...numbers]: readonly string[]) =>
    `<tr>${cell(tag, name!, 'left')}${numbers.map((number) => cell(tag, number, 'right')).join('')}</tr>`;
  const rows = terms.map(({ name, yours, right }) => row('td', [name, formatted(yours), formatted(right)]));
  return `<table style="margin:6px 0"><thead>${row('th', ['', 'yours', 'right'])}</thead><tbody>${rows.join('')}</tbody></table>`;
}
