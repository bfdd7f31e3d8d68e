// What the built site consists of, read from its pages, so that a new chapter is covered with no edit here.
import fs from 'node:fs';
import path from 'node:path';
import { DIST } from './browser.mjs';

export const LANGS = ['en', 'zh'];

const attribute = (tag, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];

function figures(html) {
  return [...html.matchAll(/<figure\b[^>]*\bdata-figure\b[^>]*>/g)].map(([tag]) => ({ id: attribute(tag, 'id'), main: /\bdata-main\b/.test(tag) }));
}

const folders = fs.readdirSync(path.join(DIST, 'en'), { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name);

/** `[{ slug, figures: [id], main: id }]` */
export const CHAPTERS = folders.map(slug => {
  const found = figures(fs.readFileSync(path.join(DIST, 'en', slug, 'index.html'), 'utf8'));
  return { slug, figures: found.map(figure => figure.id), main: found.find(figure => figure.main)?.id };
});

/** Every page, as path below the root: `en/`, `en/flash-attention/`, … */
export const ROUTES = LANGS.flatMap(lang => [`${lang}/`, ...CHAPTERS.map(chapter => `${lang}/${chapter.slug}/`)]);

/** Every figure of the site: `{ slug, id }`. */
export const FIGURES = CHAPTERS.flatMap(({ slug, figures }) => figures.map(id => ({ slug, id })));

/** The address of a figure's state. */
export function address(lang, slug, query = {}, fragment = '') {
  const text = new URLSearchParams(query).toString();
  return `${lang}/${slug}/${text && '?' + text}${fragment && '#' + fragment}`;
}
