import type { Endpoints } from '../stack/endpoints.ts';
import { jiraCaller, jiraPerson } from './jira-person.ts';

/** Of project SECCHG, as the site has them. */
const fieldIds = {
  secrets: 'customfield_10100',
  actions: 'customfield_10101',
  windowStart: 'customfield_10102',
  windowEnd: 'customfield_10103',
} as const;

export interface SecretTicketDraft {
  /** ARNs or names, a line each. */
  readonly secrets: readonly string[];
  readonly actions?: readonly string[];
  /** ISO 8601 UTC */
  readonly windowStart?: string;
  readonly windowEnd?: string;
  readonly summary?: string;
}

/** What a person does in Jira about tickets that approve changes of secrets. */
export function secretTicketPerson(endpoints: Pick<Endpoints, 'jira' | 'people'>, name: string) {
  const send = jiraCaller(endpoints, name);
  const jira = jiraPerson(endpoints, name);
  return {
    async file(draft: SecretTicketDraft): Promise<{ id: string; key: string }> {
      const { summary = `Change ${draft.secrets.join(', ')}`, windowStart, windowEnd } = draft;
      const fields = {
        ...{ project: { key: 'SECCHG' }, issuetype: { name: 'Secret change' } },
        summary: summary.replaceAll(/\s+/g, ' ').slice(0, 200),
        [fieldIds.secrets]: toDocument(draft.secrets),
        [fieldIds.actions]: draft.actions ?? [],
        ...(windowStart === undefined ? {} : { [fieldIds.windowStart]: toMoment(windowStart) }),
        ...(windowEnd === undefined ? {} : { [fieldIds.windowEnd]: toMoment(windowEnd) }),
      };
      return JSON.parse(await send('POST', '/issue', { fields })) as { id: string; key: string };
    },
    /** Its lines, as they shall be now. */
    name: (key: string, secrets: readonly string[]) =>
      jira.edit(key, { [fieldIds.secrets]: toDocument(secrets) }),
    move: (key: string, status: string) => jira.move(key, status),
    async find(jql: string): Promise<{ key: string; summary: string }[]> {
      const body = { jql, fields: ['summary'], maxResults: 100 };
      const { issues } = JSON.parse(await send('POST', '/search/jql', body)) as {
        issues: { key: string; fields: { summary: string } }[];
      };
      return issues.map(({ key, fields }) => ({ key, summary: fields.summary }));
    },
  };
}

function toDocument(lines: readonly string[]) {
  const content = lines.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] }));
  return { type: 'doc', version: 1, content };
}

/** Jira wants an offset and refuses `Z`. */
function toMoment(iso: string): string {
  return new Date(iso).toISOString().replace('Z', '+0000');
}
