import type { Endpoints } from '../stack/endpoints.ts';
import { jiraCaller, textOf } from './jira-person.ts';

export interface IncidentIssueView {
  readonly id: string;
  readonly key: string;
  readonly summary: string;
  readonly description: string;
  readonly status: string;
  readonly comments: readonly { readonly id: string; readonly author: string; readonly text: string }[];
  readonly attachments: readonly { readonly id: string; readonly name: string; readonly author: string }[];
}

interface RawIssue {
  readonly id: string;
  readonly key: string;
  readonly fields: {
    readonly summary: string;
    readonly description: unknown;
    readonly status: { readonly name: string };
    readonly comment: {
      readonly comments: readonly { id: string; author: { displayName: string }; body: unknown }[];
    };
    readonly attachment: readonly { id: string; filename: string; author: { displayName: string } }[];
  };
}

const toDocument = (text: string) => ({
  ...{ type: 'doc', version: 1 },
  content: text.split('\n').map((line) => ({
    type: 'paragraph',
    content: line === '' ? [] : [{ type: 'text', text: line }],
  })),
});

/** What a person does with the issue of an incident, as real REST v3 calls with that person's own token. */
export function issuePerson(endpoints: Pick<Endpoints, 'jira' | 'people'>, name: string) {
  const send = jiraCaller(endpoints, name);
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const text = await send(method, path, body);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
  const fields = 'summary,description,status,comment,attachment';

  return {
    file: (summary: string, description: string, issueType = 'Incident') =>
      call<{ id: string; key: string }>('POST', '/issue', {
        fields: {
          project: { key: 'INC' },
          issuetype: { name: issueType },
          ...{ summary, description: toDocument(description) },
        },
      }),
    /** Issues of a search, by key. */
    async find(jql: string): Promise<readonly string[]> {
      const query = new URLSearchParams({ jql, fields: 'summary', maxResults: '100' });
      const { issues } = await call<{ issues: { key: string }[] }>('GET', `/search/jql?${query.toString()}`);
      return issues.map(({ key }) => key);
    },
    async read(key: string): Promise<IncidentIssueView> {
      const raw = await call<RawIssue>('GET', `/issue/${key}?fields=${fields}`);
      const { summary, description, status, comment, attachment } = raw.fields;
      return {
        ...{
          id: raw.id,
          key: raw.key,
          summary,
          description: textOf(description).trim(),
          status: status.name,
        },
        comments: comment.comments.map(({ id, author, body }) => ({
          ...{ id, author: author.displayName, text: textOf(body).trim() },
        })),
        attachments: attachment.map(({ id, filename, author }) => ({
          ...{ id, name: filename, author: author.displayName },
        })),
      };
    },
    edit: (key: string, change: { summary?: string; description?: string }) =>
      call<void>('PUT', `/issue/${key}`, {
        fields: {
          ...(change.summary === undefined ? {} : { summary: change.summary }),
          ...(change.description === undefined ? {} : { description: toDocument(change.description) }),
        },
      }),
    /** One hop. */
    async move(key: string, status: string, resolution?: string) {
      const { transitions } = await call<{ transitions: { id: string; to: { name: string } }[] }>(
        'GET',
        `/issue/${key}/transitions`,
      );
      const transition = transitions.find(({ to }) => to.name === status);
      if (!transition) throw new Error(`${key}: no transition to ${status}`);
      await call('POST', `/issue/${key}/transitions`, {
        transition: { id: transition.id },
        ...(resolution === undefined ? {} : { fields: { resolution: { name: resolution } } }),
      });
    },
    comment: (key: string, text: string) =>
      call<{ id: string }>('POST', `/issue/${key}/comment`, { body: toDocument(text) }),
    editComment: (key: string, id: string, text: string) =>
      call<void>('PUT', `/issue/${key}/comment/${id}`, { body: toDocument(text) }),
    deleteComment: (key: string, id: string) => call<void>('DELETE', `/issue/${key}/comment/${id}`),
    async attach(key: string, fileName: string, bytes: string | Uint8Array<ArrayBuffer>) {
      const form = new FormData();
      form.append('file', new Blob([bytes]), fileName);
      const [made] = await call<{ id: string }[]>('POST', `/issue/${key}/attachments`, form);
      return made?.id ?? '';
    },
    /** By Lockkeeper's own mark; undefined: none yet. */
    async caseOf(key: string): Promise<string | undefined> {
      const { keys } = await call<{ keys: { key: string }[] }>('GET', `/issue/${key}/properties`);
      if (!keys.some((property) => property.key === 'lockkeeper')) return undefined;
      const { value } = await call<{ value: { incident?: { caseId?: string } } }>(
        'GET',
        `/issue/${key}/properties/lockkeeper`,
      );
      return value.incident?.caseId;
    },
    download: (id: string) => send('GET', `/attachment/content/${id}`),
    remove: (key: string) => call<void>('DELETE', `/issue/${key}`),
  };
}

export type IssuePerson = ReturnType<typeof issuePerson>;
