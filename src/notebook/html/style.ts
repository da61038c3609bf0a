/** The page's whole style: readable on a phone, in the dark and on paper. */
export const style = `
:root { color-scheme: light dark;
  --ink: #1f2328; --muted: #57606a; --paper: #ffffff; --panel: #f6f8fa; --line: #d0d7de; --link: #0969da;
  --keyword: #a40e26; --string: #0a3069; --number: #0550ae; --name: #6639ba; --bad: #ffebe9; }
@media (prefers-color-scheme: dark) { :root {
  --ink: #e6edf3; --muted: #9198a1; --paper: #0d1117; --panel: #161b22; --line: #30363d; --link: #58a6ff;
  --keyword: #ff7b72; --string: #a5d6ff; --number: #79c0ff; --name: #d2a8ff; --bad: #3c1618; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 54rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1.05rem/1.6 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.25; margin: 2em 0 0.6em; }
h1 { margin-top: 0.6em; }
h2 { border-bottom: 1px solid var(--line); padding-bottom: 0.2em; }
a { color: var(--link); }
pre { margin: 0.8em 0; padding: 0.8em 1em; overflow-x: auto; border-radius: 6px; background: var(--panel);
  font: 0.86rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
:not(pre) > code { padding: 0.15em 0.35em; border-radius: 4px; background: var(--panel); font-size: 0.88em;
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre.stdout, pre.stderr { background: none; padding: 0 0 0 1em; border-left: 3px solid var(--line); border-radius: 0;
  white-space: pre-wrap; }
pre.stderr { color: var(--muted); }
pre.error { background: var(--bad); }
table { border-collapse: collapse; display: block; overflow-x: auto; font-size: 0.95rem; }
th, td { padding: 0.35em 0.8em; border-bottom: 1px solid var(--line); }
blockquote { margin: 1em 0; padding-left: 1em; border-left: 3px solid var(--line); color: var(--muted); }
img { max-width: 100%; height: auto; }
math[display="block"] { margin: 1em 0; overflow-x: auto; }
.output { margin: 0.8em 0; }
.dcl-lab-figure { border-radius: 6px; overflow: hidden; }
.hljs-keyword, .hljs-literal, .hljs-built_in { color: var(--keyword); }
.hljs-string, .hljs-regexp { color: var(--string); }
.hljs-number, .hljs-attr { color: var(--number); }
.hljs-title, .hljs-property { color: var(--name); }
.hljs-comment { color: var(--muted); font-style: italic; }
@media print { body { max-width: none; font-size: 11pt; } pre { white-space: pre-wrap; border: 1px solid #ccc; }
  .dcl-lab-figure, img, pre, tr { break-inside: avoid; } h1, h2, h3 { break-after: avoid; } }
`;
