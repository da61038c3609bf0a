import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plotlyScript } from '../../src/notebook/display/plotly-script.js';
import { writeApi } from './api.js';
import { readGallery } from './gallery.js';
import { homePage } from './home.js';
import { checkLinks } from './links.js';
import { writePages } from './pages.js';

/** What became of a site. */
export interface Site {
  /** How many pages it has. */
  readonly pages: number;
  /** What a reader would miss, such as an undocumented export or a broken link, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Builds a project's site: its notebooks and their gallery, its README and what that links to, and its API. It can be
 * read from the disk as well as from a server, and loads nothing from outside its folder.
 * @param root - folder of `src/index.ts` and its `tsconfig.json`, `README.md`, `CONTRIBUTING.md` and `notebooks/`
 * @param folder - where the site goes; what it held is removed
 */
export async function buildSite(root: string, folder: string): Promise<Site> {
  rmSync(folder, { recursive: true, force: true });
  const assets = join(folder, 'assets');
  mkdirSync(assets, { recursive: true });
  cpSync(fileURLToPath(new URL('site.css', import.meta.url)), join(assets, 'site.css'));
  writeFileSync(join(assets, 'plotly.js'), plotlyScript());

  const api = await writeApi(root, join(folder, 'api'));
  const gallery = await readGallery(root);
  await writePages(root, folder, [
    'README.md',
    'CONTRIBUTING.md',
    ...gallery.entries.map(({ path }) => path),
  ]);
  for (const { thumbnail, picture } of gallery.entries) {
    if (picture !== undefined) writeFileSync(join(folder, thumbnail), picture);
  }
  writeFileSync(join(folder, 'index.html'), homePage(gallery, api.rooms));

  const links = await checkLinks(folder);
  return { pages: links.pages, problems: [...api.problems, ...gallery.problems, ...links.problems] };
}
