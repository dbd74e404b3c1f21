import type http from 'node:http';
import { foreignRequest, isToken } from './access.ts';
import { assets } from './assets.ts';
import { html, type Html } from './html.ts';
import { refusalDocument, toDocument } from './layout.ts';
import type { ConsoleVendors, Page, PageRequest, Redirect } from './page.ts';
import { readForm } from './read-form.ts';
import { createPages } from './routes.ts';
import { createSessions, type ConsoleSession } from './sessions.ts';

/** The first whom a new browser acts as: he files promotion requests. */
const firstActor = 'sam';

// With `no-referrer` Chromium would send `Origin: null` with our own forms.
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** Who may see and press what: a page wants the session that the token opened, a post wants the token itself. */
export function createAnswers(vendors: ConsoleVendors, uiUrl: string, port: () => number) {
  const { people, secrets } = vendors;
  const answerPage = createPages(vendors, uiUrl);
  const sessions = createSessions(port, firstActor);

  function toRequest(session: ConsoleSession | undefined, form: URLSearchParams) {
    const actor = people.find(({ name }) => name === (session?.actor ?? firstActor)) ?? people[0];
    if (!actor) throw new Error('people: the sandbox has none');
    return { actor, token: secrets.control, form };
  }

  async function get(message: http.IncomingMessage, response: http.ServerResponse, url: URL) {
    if (isToken(url.searchParams.get('token'), secrets.control)) {
      url.searchParams.delete('token');
      const headers = {
        location: `${url.pathname}${url.search}`,
        'set-cookie': sessions.cookie(sessions.open()),
      };
      return send(response, 303, undefined, headers);
    }
    const session = sessions.find(message.headers.cookie);
    if (!session && !isToken(message.headers['x-sandbox-token'], secrets.control))
      return send(response, 401, whereTheTokenIs);
    const request = toRequest(session, new URLSearchParams());
    const page = await answerPage('GET', url.pathname, request);
    return show(response, page, request, url.searchParams.has('live'));
  }

  async function post(message: http.IncomingMessage, response: http.ServerResponse, url: URL) {
    const form = await readForm(message);
    if (!(form instanceof URLSearchParams)) return send(response, form, notAForm, { connection: 'close' });
    const given = message.headers['x-sandbox-token'] ?? form.get('token');
    if (!isToken(given, secrets.control)) return send(response, 401, whereTheTokenIs);
    const session = sessions.find(message.headers.cookie);
    if (url.pathname === '/actor')
      return show(response, switchActor(session, form), toRequest(session, form));
    const request = toRequest(session, form);
    return show(response, await answerPage('POST', url.pathname, request), request);
  }

  function switchActor(session: ConsoleSession | undefined, form: URLSearchParams): Redirect {
    const person = people.find(({ name }) => name === form.get('as'));
    if (session && person) session.actor = person.name;
    const back = form.get('back') ?? '';
    return { redirect: /^\/[\w/-]*$/.test(back) && !back.startsWith('//') ? back : '/tickets' };
  }

  function show(
    response: http.ServerResponse,
    page: Page | Redirect,
    request: Omit<PageRequest, 'params'>,
    liveOnly = false,
  ) {
    if ('redirect' in page) return send(response, 303, undefined, { location: page.redirect });
    if (liveOnly) return send(response, page.status ?? 200, page.live ?? html``);
    return send(response, page.status ?? 200, toDocument(page, { ...request, params: {} }, people));
  }

  return async (message: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const refusal = foreignRequest(message.headers, port());
    if (refusal)
      return send(response, refusal.status, refusalDocument('Not from here', html`<p>${refusal.reason}</p>`));
    const url = new URL(message.url ?? '/', `http://${message.headers.host}`);
    const asset = assets[url.pathname];
    if (asset)
      return void response.writeHead(200, { ...securityHeaders, 'content-type': asset.type }).end(asset.text);
    if (message.method === 'GET') return get(message, response, url);
    if (message.method === 'POST') return post(message, response, url);
    return send(response, 405, refusalDocument('Not allowed', html`<p>Only GET and POST are.</p>`));
  };
}

function send(
  response: http.ServerResponse,
  status: number,
  document?: Html,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...securityHeaders, 'content-type': 'text/html; charset=utf-8', ...headers });
  response.end(document?.text);
}

const whereTheTokenIs = refusalDocument(
  'The console wants its token',
  html`<p>
      Open this address with <code>?token=…</code> once. The token is <code>control</code> in
      <code>.run/endpoints.json</code>; <code>npm run dev</code> and <code>npm run demo</code> print the whole
      address.
    </p>
    <p>
      Each start of the sandbox has a new token. Programs send it as the header <code>X-Sandbox-Token</code>.
    </p>`,
);

const notAForm = refusalDocument('Not a form', html`<p>Send a urlencoded form of at most 64 KiB.</p>`);
