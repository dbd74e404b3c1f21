import { createFailure } from '../../workflows/shared/failures.ts';

/** Reads files of a site as streams. */
export interface SiteFiles {
  /** @param path such as `/rest/api/3/attachment/content/10001` @returns the answer, whatever its status, with its body unread */
  get(path: string): Promise<Response>;
}

interface Credentials {
  readonly baseUrl: string;
  readonly email: string;
  readonly apiToken: string;
}

const mostRedirects = 3;

/**
 * Jira sends a reader of a file on to its media store, at an address that is a secret of its own for a while: it is followed here,
 * the credential stays with the site, and neither address gets into a message.
 */
export function createSiteFiles({ baseUrl, email, apiToken }: Credentials): SiteFiles {
  const site = new URL(baseUrl);
  const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`;

  function request(url: URL): Promise<Response> {
    // a compressed answer would have another length than the file
    const headers = { accept: '*/*', 'accept-encoding': 'identity' };
    const own = url.origin === site.origin ? { authorization } : {};
    return fetch(url, { redirect: 'manual', headers: { ...headers, ...own } });
  }

  return {
    async get(path) {
      let url = new URL(`${site.href.replace(/\/+$/, '')}${path}`);
      for (let hops = 0; ; hops += 1) {
        const answer = await request(url);
        const location = answer.headers.get('location');
        if (answer.status < 300 || answer.status > 399 || location === null) return answer;
        await answer.body?.cancel();
        const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
        if (hops === mostRedirects || !next || !isSafe(next, site)) throw wrongRedirect();
        url = next;
      }
    },
  };
}

/** Never from TLS to plain text, and to nothing but the web. */
function isSafe(next: URL, site: URL): boolean {
  return next.protocol === 'https:' || (next.protocol === 'http:' && site.protocol === 'http:');
}

function wrongRedirect(): Error {
  return createFailure('UnsupportedResponse', 'jira: read a file: it is sent on to where it cannot be read', {
    details: { system: 'jira', action: 'read a file', expected: 'the file', found: 'a redirect' },
  });
}

const mostOfBody = 2_000;

/** An answer that is no file, with what `toFailure` reads of it: as jira.js has it. */
export async function toApiError(answer: Response): Promise<Error> {
  const text = (await answer.text()).slice(0, mostOfBody);
  return Object.assign(new Error(`Request failed: ${answer.status}`), {
    status: answer.status,
    body: jsonOf(text),
    headers: Object.fromEntries(answer.headers),
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
