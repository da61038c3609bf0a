import { escapeHtml } from '../../src/notebook/display/escape.js';
import { documentHtml } from '../../src/notebook/html/document.js';
import { markdownHtml } from '../../src/notebook/html/markdown.js';
import type { Room } from './api.js';
import type { Gallery, GalleryEntry } from './gallery.js';
import { header } from './header.js';
import { pageOf } from './pages.js';

/** The page that leads to all others. */
export function homePage({ introduction, entries }: Gallery, rooms: readonly Room[]): string {
  return documentHtml({
    title: 'dcl-lab',
    header: header('index.html'),
    main: `<h1>dcl-lab</h1>
${introduction}
<h2>Notebooks</h2>
<div class="gallery">
${entries.map(card).join('\n')}
</div>
<h2>Rooms of the library</h2>
<dl class="rooms">
${rooms.map(({ name, purpose, page }) => `<dt><a href="api/${page}">${name}</a></dt><dd>${markdownHtml(purpose)}</dd>`).join('\n')}
</dl>`,
  });
}

function card({ path, title, paragraph, time, thumbnail, picture }: GalleryEntry): string {
  const image = picture === undefined ? '' : `<img src="${thumbnail}" alt="" loading="lazy">`;
  return `<article>
<a href="${pageOf(path)}">${image}<h3>${escapeHtml(title)}</h3></a>
${paragraph}
<div class="time">${markdownHtml(time)}</div>
</article>`;
}
