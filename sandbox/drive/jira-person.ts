import type { Endpoints } from '../stack/endpoints.ts';

export interface IssueView {
  readonly id: string;
  readonly key: string;
  readonly status: string;
  readonly assignee: string | null;
  readonly comments: readonly { readonly author: string; readonly text: string }[];
}

interface RawIssue {
  readonly id: string;
  readonly key: string;
  readonly fields: {
    readonly status: { readonly name: string };
    readonly assignee: { readonly displayName: string } | null;
    readonly comment: { readonly comments: readonly { author: { displayName: string }; body: unknown }[] };
  };
}

const agentVersionField = 'customfield_10050';

/** Real REST v3 calls with a person's own token; a form goes as it is. @returns the answer's text */
export function jiraCaller(endpoints: Pick<Endpoints, 'jira' | 'people'>, name: string) {
  const person = endpoints.people[name];
  if (!person) throw new Error(`no person named ${name} in the sandbox`);
  const authorization = `Basic ${Buffer.from(`${person.email}:${person.jira.apiToken}`).toString('base64')}`;
  return async (method: string, path: string, body?: unknown): Promise<string> => {
    const isForm = body instanceof FormData;
    const type = isForm ? { 'x-atlassian-token': 'no-check' } : { 'content-type': 'application/json' };
    const response = await fetch(`${endpoints.jira}/rest/api/3${path}`, {
      method,
      headers: { authorization, ...type },
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return text;
  };
}

/** What a person does in Jira, as real REST v3 calls with that person's own token. */
export function jiraPerson(endpoints: Pick<Endpoints, 'jira' | 'people'>, name: string) {
  const send = jiraCaller(endpoints, name);

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const text = await send(method, path, body);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  return {
    /** @param project `DEVOPS` is fully automatic, `GATED` asks people first */
    async fileRequest(
      agentVersion: string,
      summary = `Promote agent ${agentVersion}`,
      { project = 'DEVOPS', labels = [] as readonly string[] } = {},
    ) {
      const fields = {
        project: { key: project },
        issuetype: { name: 'Security Agent Deploy Request' },
        summary,
        labels,
        [agentVersionField]: agentVersion,
      };
      return call<{ id: string; key: string }>('POST', '/issue', { fields });
    },
    async move(key: string, status: string) {
      const { transitions } = await call<{ transitions: { id: string; to: { name: string } }[] }>(
        'GET',
        `/issue/${key}/transitions`,
      );
      const transition = transitions.find((candidate) => candidate.to.name === status);
      if (!transition) throw new Error(`${key}: no transition to ${status}`);
      await call('POST', `/issue/${key}/transitions`, { transition: { id: transition.id } });
    },
    edit: (key: string, fields: Readonly<Record<string, unknown>>) =>
      call<void>('PUT', `/issue/${key}`, { fields }),
    async comment(key: string, text: string) {
      const content = [{ type: 'paragraph', content: [{ type: 'text', text }] }];
      return call<{ id: string }>('POST', `/issue/${key}/comment`, {
        body: { type: 'doc', version: 1, content },
      });
    },
    remove: (key: string) => call<void>('DELETE', `/issue/${key}`),
    async read(key: string): Promise<IssueView> {
      const raw = await call<RawIssue>('GET', `/issue/${key}?fields=status,assignee,comment`);
      return {
        id: raw.id,
        key: raw.key,
        status: raw.fields.status.name,
        assignee: raw.fields.assignee?.displayName ?? null,
        comments: raw.fields.comment.comments.map(({ author, body }) => ({
          author: author.displayName,
          text: textOf(body),
        })),
      };
    },
  };
}

export type JiraPerson = ReturnType<typeof jiraPerson>;

/** The words of a document, blocks on lines of their own. */
export function textOf(node: unknown): string {
  if (typeof node !== 'object' || node === null) return '';
  const { type, text, content } = node as { type?: string; text?: string; content?: unknown[] };
  if (type === 'text') return text ?? '';
  const inner = (content ?? []).map(textOf);
  if (type === 'tableRow') return `${inner.map((cell) => cell.trim()).join(' | ')}\n`;
  const joined = inner.join('');
  return type === 'paragraph' || type === 'listItem' ? `${joined.trim()}\n` : joined;
}
