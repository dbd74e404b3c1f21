import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(`./public/${name}`, import.meta.url), 'utf8');

/** Served without the token: they hold nothing. */
export const assets: Readonly<Record<string, { type: string; text: string }>> = {
  '/assets/console.css': { type: 'text/css; charset=utf-8', text: read('console.css') },
  '/assets/console.js': { type: 'text/javascript; charset=utf-8', text: read('console.js') },
};
