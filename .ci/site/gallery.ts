import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { joined, type Notebook } from '../../src/notebook/format/notebook.js';
import { markdownHtml } from '../../src/notebook/html/markdown.js';
import { pageTitle } from '../../src/notebook/html/page.js';
import { read } from '../../src/notebook/index.js';
import { withLinks } from './pages.js';

/** A notebook as the gallery shows it: all of it is the notebook's own, but for the time, which the README states. */
export interface GalleryEntry {
  /** From the project's folder, such as `notebooks/00-quickstart.ipynb` */
  readonly path: string;
  readonly title: string;
  /** The first paragraph, as HTML for the site's first page. */
  readonly paragraph: string;
  /** What it takes to run, in Markdown, such as `time on two cores: 5 min`. */
  readonly time: string;
  /** Where the site has the picture. */
  readonly thumbnail: string;
  /** PNG of the first chart, else of the first picture; none in a notebook without either. */
  readonly picture: Uint8Array | undefined;
}

export interface Gallery {
  /** What the project is: the README's first paragraph, likewise. */
  readonly introduction: string;
  readonly entries: readonly GalleryEntry[];
  readonly problems: readonly string[];
}

/** What is for teachers stays off the site. */
const solutions = '.solutions.ipynb';

/** Reads the notebooks of the project in `root`, in the order of their names, without solutions of exercises. */
export async function readGallery(root: string): Promise<Gallery> {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const names = readdirSync(join(root, 'notebooks')).filter(
    (name) => name.endsWith('.ipynb') && !name.endsWith(solutions),
  );
  const problems: string[] = [];
  const entries: GalleryEntry[] = [];
  for (const path of names.sort().map((name) => `notebooks/${name}`)) {
    const notebook = await read(join(root, path));
    const time = timeIn(readme, path);
    if (time === undefined)
      problems.push(`The README's table of notebooks has no row with a link to ${path} and its time.`);
    entries.push({
      path,
      title: pageTitle(notebook),
      paragraph: firstParagraph(root, path, firstText(notebook)),
      time: time ?? '',
      thumbnail: path.replace(/\.ipynb$/, '.png'),
      picture: firstPicture(notebook),
    });
  }
  return { introduction: firstParagraph(root, 'README.md', readme), entries, problems };
}

/** The last column of the table row that links to the notebook, after that column's name. */
function timeIn(readme: string, path: string): string | undefined {
  const table = readme
    .split(/\n\s*\n/)
    .find((block) => block.startsWith('|') && block.includes(`](${path})`));
  const rows = table?.split('\n') ?? [];
  const [name, time] = [rows[0], rows.find((row) => row.includes(`](${path})`))].map(lastCell);
  return time && `${name}: ${time}`;
}

function lastCell(row: string | undefined): string | undefined {
  return row?.split('|').at(-2)?.trim();
}

function firstText({ cells }: Notebook): string {
  const cell = cells.find(({ cell_type }) => cell_type === 'markdown');
  return cell === undefined ? '' : joined(cell.source);
}

/** The first paragraph that is no heading, up to a list. */
function firstParagraph(root: string, path: string, markdown: string): string {
  const paragraph =
    markdown.split(/\n\s*\n|\n(?=(?:\d+\.|[-*]) )/).find((text) => !text.startsWith('#')) ?? '';
  return withLinks(markdownHtml(paragraph), { root, path, page: 'index.html' });
}

function firstPicture({ cells }: Notebook): Uint8Array | undefined {
  const shown = cells
    .flatMap((cell) => (cell.cell_type === 'code' ? cell.outputs : []))
    .flatMap((output) => ('data' in output && 'image/png' in output.data ? [output.data] : []));
  const first = shown.find((data) => 'application/vnd.plotly.v1+json' in data) ?? shown[0];
  return first === undefined
    ? undefined
    : Buffer.from(joined(first['image/png'] as string | string[]), 'base64');
}
