/** `npm run docs`: builds the site of the project in this folder into `site/`; fails with a list of what is amiss. */
import { buildSite } from './build-site.js';

const { pages, problems } = await buildSite(process.cwd(), 'site');
console.log(`site/index.html leads to ${pages} pages.`);
if (problems.length > 0) {
  console.error(`${problems.join('\n')}\nProblems: ${problems.length}`);
  process.exitCode = 1;
}
