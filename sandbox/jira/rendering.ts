import type { SandboxPerson } from '../shared/people.ts';
import type {
  Component,
  IssueType,
  Option,
  Priority,
  Project,
  Resolution,
  SecurityLevel,
  Status,
} from './model.ts';

/** Where links point and which form values take: v3 (REST: rich text is ADF) or v2 (webhooks: wiki text, no e-mail). */
export interface Rendering {
  readonly base: string;
  readonly api: 2 | 3;
  /** People who show their e-mail to nobody. */
  readonly withoutEmail: ReadonlySet<SandboxPerson>;
}

/** What the site itself consists of is rendered once: a page of a thousand issues shows five people and three statuses. */
function once<T extends object>(render: (one: T, rendering: Rendering) => object) {
  const known = new WeakMap<Rendering, WeakMap<T, object>>();
  return (one: T, rendering: Rendering): object => {
    const rendered = known.get(rendering) ?? new WeakMap<T, object>();
    known.set(rendering, rendered);
    const json = rendered.get(one) ?? render(one, rendering);
    rendered.set(one, json);
    return json;
  };
}

/** Jira's own form of a moment, which `z.iso.datetime` refuses: `2026-11-04T09:36:13.747+0000`. */
export const toJiraDate = (date: Date): string => date.toISOString().replace('Z', '+0000');

/** A `self` link: webhooks point at v2, REST answers at v3. */
export function restUrl(rendering: Rendering, path: string): string {
  return `${rendering.base}/rest/api/${rendering.api}/${path}`;
}

/** Webhooks leave the e-mail out: a receiver has to look people up by accountId. */
export const userJson = once((person: SandboxPerson, rendering) => {
  const { accountId } = person.jira;
  return {
    self: restUrl(rendering, `user?accountId=${encodeURIComponent(accountId)}`),
    accountId,
    ...(rendering.api === 3 && !rendering.withoutEmail.has(person) ? { emailAddress: person.email } : {}),
    avatarUrls: avatarUrls(`${rendering.base}/secure/useravatar?avatarId=10605`),
    displayName: person.displayName,
    active: true,
    timeZone: 'Etc/UTC',
    accountType: 'atlassian',
  };
});

export function avatarUrls(url: string): object {
  return {
    '48x48': url,
    '24x24': `${url}&size=small`,
    '16x16': `${url}&size=xsmall`,
    '32x32': `${url}&size=medium`,
  };
}

export const projectJson = once((project: Project, rendering) => ({
  self: restUrl(rendering, `project/${project.id}`),
  id: project.id,
  key: project.key,
  name: project.name,
  projectTypeKey: 'software',
  simplified: false,
  avatarUrls: avatarUrls(`${rendering.base}/secure/projectavatar?pid=${project.id}`),
}));

export const issueTypeJson = once((type: IssueType, rendering) => ({
  self: restUrl(rendering, `issuetype/${type.id}`),
  id: type.id,
  description: type.description,
  iconUrl: `${rendering.base}/rest/api/2/universal_avatar/view/type/issuetype/avatar/10318?size=medium`,
  name: type.name,
  subtask: false,
  avatarId: 10318,
  hierarchyLevel: 0,
}));

// The three categories every Jira site has; their ids are fixed.
export const statusCategories = {
  new: { id: 2, colorName: 'blue-gray', name: 'To Do' },
  indeterminate: { id: 4, colorName: 'yellow', name: 'In Progress' },
  done: { id: 3, colorName: 'green', name: 'Done' },
};

export const statusJson = once((status: Status, rendering) => {
  const category = statusCategories[status.category];
  return {
    self: restUrl(rendering, `status/${status.id}`),
    description: '',
    iconUrl: `${rendering.base}/images/icons/statuses/generic.png`,
    name: status.name,
    id: status.id,
    statusCategory: {
      self: restUrl(rendering, `statuscategory/${category.id}`),
      key: status.category,
      ...category,
    },
  };
});

export const priorityJson = once((priority: Priority, rendering) => ({
  self: restUrl(rendering, `priority/${priority.id}`),
  iconUrl: `${rendering.base}/images/icons/priorities/${priority.name.toLowerCase()}.svg`,
  name: priority.name,
  id: priority.id,
  description: '',
  statusColor: priority.statusColor,
}));

/** As an issue and the create metadata show it; the project itself tells more. */
export function componentJson({ id, name, description }: Component, rendering: Rendering): object {
  return { self: restUrl(rendering, `component/${id}`), id, name, description };
}

export function securityLevelJson({ id, name, description }: SecurityLevel, rendering: Rendering): object {
  return { self: restUrl(rendering, `securitylevel/${id}`), id, description, name };
}

export function optionJson({ id, value }: Option, rendering: Rendering): object {
  return { self: restUrl(rendering, `customFieldOption/${id}`), value, id };
}

export function resolutionJson({ id, name, description }: Resolution, rendering: Rendering): object {
  return { self: restUrl(rendering, `resolution/${id}`), id, description, name };
}
