import type { SandboxPerson } from '../shared/people.ts';
import { html, type Html } from './html.ts';
import { form, personOptions, type Page, type PageRequest } from './page.ts';

const sections = [
  ['/tickets', 'Tickets'],
  ['/tickets/new', 'New request'],
  ['/installers', 'Installers'],
  ['/slack', 'Slack'],
  ['/links', 'Pipelines and links'],
] as const;

/** The whole document around a page. */
export function toDocument(page: Page, request: PageRequest, people: readonly SandboxPerson[]): Html {
  return frame(
    page.title,
    html`<header>
        <a class="brand" href="/tickets"><b>Lockkeeper</b> sandbox</a>
        <nav aria-label="Sections">
          <ul>
            ${sections.map((section) => sectionLink(section, page.path))}
          </ul>
        </nav>
        ${actorForm(page, request, people)}
      </header>
      <main>
        <h1>${page.title}</h1>
        ${page.problem === undefined ? '' : html`<p class="problem" role="alert">${page.problem}</p>`}
        ${liveRegion(page)} ${page.fixed}
      </main>`,
  );
}

/** Whoever comes without the token learns where it is, and nothing else. */
export function refusalDocument(title: string, explanation: Html): Html {
  return frame(
    title,
    html`<main>
      <h1>${title}</h1>
      ${explanation}
    </main>`,
  );
}

function frame(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Lockkeeper sandbox</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/console.css" />
        <script src="/assets/console.js" defer></script>
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}

function sectionLink([path, label]: (typeof sections)[number], current: string): Html {
  return html`<li><a href="${path}" ${path === current ? html`aria-current="page"` : ''}>${label}</a></li>`;
}

function liveRegion({ live, path }: Page): Html {
  if (!live) return html``;
  return html`<p class="freshness" role="status" data-freshness></p>
    <div data-refresh="${path}">${live}</div>`;
}

function actorForm(page: Page, request: PageRequest, people: readonly SandboxPerson[]): Html {
  return form(
    request,
    '/actor',
    html`<input type="hidden" name="back" value="${page.path}" />
      <label for="actor">Acting as</label>
      <select id="actor" name="as" data-submit-on-change>
        ${personOptions(people, request.actor.name)}
      </select>
      <noscript><button>Switch</button></noscript>`,
  );
}
