import { createRequire } from 'node:module';
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import json from 'highlight.js/lib/languages/json';
import typescript from 'highlight.js/lib/languages/typescript';
import MarkdownIt from 'markdown-it';
import { escapeHtml } from '../display/escape.js';

hljs.registerLanguage('typescript', typescript);
hljs.registerLanguage('ts', typescript);
hljs.registerLanguage('bash', bash);
hljs.registerLanguage('json', json);

// By require: Node and Vite disagree on what an import of this CommonJS module is.
const katexPlugin = createRequire(import.meta.url)(
  '@vscode/markdown-it-katex',
) as typeof import('@vscode/markdown-it-katex');
// MathML needs neither fonts nor a style sheet, and browsers draw it themselves.
const formulas = { output: 'mathml', throwOnError: false };
const renderer = new MarkdownIt({ html: true, highlight: highlighted }).use(katexPlugin.default, formulas);
// As on GitHub, so that links to a heading work in both.
renderer.renderer.rules.heading_open = (tokens, index, options, _, self) => {
  tokens[index]?.attrSet('id', headingId(tokens[index + 1]?.content ?? ''));
  return self.renderToken(tokens, index, options);
};

function headingId(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** Markdown with TeX formulas between dollar signs as HTML; formulas become MathML. */
export function markdownHtml(text: string): string {
  return renderer.render(text);
}

export function codeHtml(code: string, language = 'typescript'): string {
  return `<pre><code>${highlighted(code, language)}</code></pre>`;
}

function highlighted(code: string, language: string): string {
  return hljs.getLanguage(language) === undefined
    ? escapeHtml(code)
    : hljs.highlight(code, { language }).value;
}
