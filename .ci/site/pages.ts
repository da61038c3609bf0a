import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { documentHtml } from '../../src/notebook/html/document.js';
import { markdownHtml } from '../../src/notebook/html/markdown.js';
import { read, toHtml } from '../../src/notebook/index.js';
import { header, toTop } from './header.js';

/**
 * Writes Markdown files and notebooks as pages, and whatever files of the project these link to: the site has them
 * where the project has them.
 * @param paths - of the files to begin with, from the project's folder `root`
 */
export async function writePages(root: string, folder: string, paths: readonly string[]): Promise<void> {
  const wanted = new Set(paths); // a loop over a set meets what is added meanwhile
  for (const path of wanted) {
    const page = pageOf(path);
    const file = join(folder, page);
    mkdirSync(dirname(file), { recursive: true });
    const html = await rendered(root, path);
    if (html === undefined) cpSync(join(root, path), file);
    else writeFileSync(file, withLinks(html, { root, path, page, add: (linked) => wanted.add(linked) }));
  }
}

/** Where the site has a file of the project. */
export function pageOf(path: string): string {
  return path.replace(/\.(md|ipynb)$/, '.html');
}

async function rendered(root: string, path: string): Promise<string | undefined> {
  const page = pageOf(path);
  if (path.endsWith('.ipynb')) {
    return toHtml(await read(join(root, path)), {
      header: header(page),
      plotly: `${toTop(page)}assets/plotly.js`,
    });
  }
  if (!path.endsWith('.md')) return undefined;
  const text = readFileSync(join(root, path), 'utf8');
  const title = /^#\s+(.+)$/m.exec(text)?.[1] ?? path;
  return documentHtml({ title, header: header(page), main: markdownHtml(text) });
}

/**
 * Lets links to files of the project lead to where the site has them; all others stay as they are.
 * @param path - file that the HTML comes from, which its links are relative to
 * @param page - the site's page that the HTML is for
 * @param add - told each file that is linked to
 */
export function withLinks(
  html: string,
  { root, path, page, add }: { root: string; path: string; page: string; add?: (linked: string) => void },
): string {
  return html.replaceAll(/\b(href|src)="([^"#?:]+)(#[^"]*)?"/g, (as, attribute, address, fragment = '') => {
    const linked = posix.join(posix.dirname(path), decodeURI(address));
    if (linked.startsWith('..') || !isFile(join(root, linked))) return as;
    add?.(linked);
    return `${attribute}="${encodeURI(posix.relative(posix.dirname(page), pageOf(linked)))}${fragment}"`;
  });
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
