import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { LinkChecker, LinkState } from 'linkinator';

/**
 * Follows every link of a site from its `index.html`, through a server of its own, and looks for the part of the page that a
 * link names after `#`. Links that leave the site are not fetched: of these only the form is checked, and nothing but a link may.
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
  const pages = readPages(folder);
  return {
    pages: pages.size,
    problems: [...new Set(problems), ...brokenFragments(pages), ...loadedFromOutside(pages)],
  };
}

/** Without the server that the links were followed through. */
function inSite(url: string): string {
  return url.replace(/^(http:\/\/localhost:\d+|\.)\/?/, '') || 'index.html';
}

/** Links that leave the site are to name a server, by https, or an address. */
function isWellFormed(url: string): boolean {
  return /^(https:\/\/[\w-]+(\.[\w-]+)+(\/|$)|mailto:\S+@\S+|data:)/.test(url);
}

/** The HTML of every page, by its path. */
type Pages = ReadonlyMap<string, string>;

function readPages(folder: string): Pages {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const pages = files.filter((file) => file.endsWith('.html')).map((file) => file.replaceAll('\\', '/'));
  return new Map(pages.map((page) => [page, readFileSync(join(folder, page), 'utf8')]));
}

/** Own, since linkinator 7 overlooks fragments of pages that it has seen before the link. */
function brokenFragments(pages: Pages): string[] {
  const ids = new Map([...pages].map(([page, html]) => [page, new Set(all(html, /\sid="([^"]+)"/g))]));
  return [...pages].flatMap(([page, html]) =>
    all(html, /<a\b[^>]*?\shref="([^":]*#[^"]+)"/g).flatMap((link) => {
      const [path = '', fragment = ''] = link.split('#');
      const target = path === '' ? page : posix.join(posix.dirname(page), path);
      const there = ids.get(target)?.has(decodeURIComponent(fragment)) ?? true; // a missing page is told already
      return there ? [] : [`${page} links to ${link}, but ${target} has no such part.`];
    }),
  );
}

/** Without a network a page would lack these. */
function loadedFromOutside(pages: Pages): string[] {
  const outside = /<(?!a\b)\w+\b[^>]*?\s(?:src|href)="((?:https?:)?\/\/[^"]+)"/g;
  return [...pages].flatMap(([page, html]) =>
    all(html, outside).map((address) => `${page} loads ${address} from outside the site.`),
  );
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}
