const places = {
  'index.html': 'Gallery',
  'README.html': 'Guide',
  'api/index.html': 'API',
  'CONTRIBUTING.html': 'Contributing',
} as const;

/**
 * The links above every page, and the style that they bring.
 * @param page - path of the page in the site
 */
export function header(page: string): string {
  const up = toTop(page);
  const links = Object.entries(places).map(([place, name]) => {
    const here = place === page || (place.startsWith('api/') && page.startsWith('api/'));
    return `<a href="${up}${place}"${here ? ' aria-current="page"' : ''}>${name}</a>`;
  });
  return `<link rel="stylesheet" href="${up}assets/site.css"><nav class="site"><b>dcl-lab</b> ${links.join(' ')}</nav>`;
}

/** From a page back to the site's folder, such as `../` */
export function toTop(page: string): string {
  return '../'.repeat(page.split('/').length - 1);
}
