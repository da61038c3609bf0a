import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { LinkChecker, LinkState } from 'linkinator';

/**
 * Follows every link of a site from its `index.html`, through a server of its own, and looks for the part of the page that a
 * link names after `#`. Links that leave the site are not fetched: of these only the form is checked.
 */
export async function checkLinks(folder: string): Promise<{ pages: number; problems: string[] }> {
  const { links } = await new LinkChecker().check({
    path: '/',
    serverRoot: folder,
    recurse: true,
    checkCss: true,
    linksToSkip: async (link) => !link.startsWith('http://localhost:'),
  });
  const broken = links.filter(
    ({ state, url }) => state === LinkState.BROKEN || (state === LinkState.SKIPPED && !isWellFormed(url)),
  );
  const problems = broken.map(
    ({ url, parent }) => `${inSite(parent ?? '')} links to ${inSite(url)}, which leads nowhere.`,
  );
  const pages = htmlFiles(folder);
  return { pages: pages.length, problems: [...new Set(problems), ...brokenFragments(folder, pages)] };
}

/** Without the server that the links were followed through. */
function inSite(url: string): string {
  return url.replace(/^(http:\/\/localhost:\d+|\.)\/?/, '') || 'index.html';
}

/** Links that leave the site are to name a server, by https, or an address. */
function isWellFormed(url: string): boolean {
  return /^(https:\/\/[\w-]+(\.[\w-]+)+(\/|$)|mailto:\S+@\S+|data:)/.test(url);
}

function htmlFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.html')).map((file) => file.replaceAll('\\', '/'));
}

/** Own, since linkinator 7 overlooks fragments of pages that it has seen before the link. */
function brokenFragments(folder: string, pages: readonly string[]): string[] {
  const html = new Map(pages.map((page) => [page, readFileSync(join(folder, page), 'utf8')]));
  const ids = new Map([...html].map(([page, text]) => [page, new Set(all(text, /\sid="([^"]+)"/g))]));
  return [...html].flatMap(([page, text]) =>
    all(text, /<a\b[^>]*?\shref="([^":]*#[^"]+)"/g).flatMap((link) => {
      const [path = '', fragment = ''] = link.split('#');
      const target = path === '' ? page : posix.join(posix.dirname(page), path);
      const there = ids.get(target)?.has(decodeURIComponent(fragment)) ?? true; // a missing page is told already
      return there ? [] : [`${page} links to ${link}, but ${target} has no such part.`];
    }),
  );
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}
