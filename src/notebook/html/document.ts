import { escapeHtml } from '../display/escape.js';
import { style } from './style.js';

/** What {@link documentHtml} puts into the frame that all pages share; `header`, `main` and `scripts` are HTML. */
export interface DocumentParts {
  readonly title: string;
  readonly header: string;
  readonly main: string;
  readonly scripts?: string;
}

/** A whole HTML document in the style of the pages. */
export function documentHtml({ title, header, main, scripts = '' }: DocumentParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${header}
<main>
${main}
</main>
${scripts}
</body>
</html>
`;
}
