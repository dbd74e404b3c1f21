import { toApprovalOutline, type ApprovalOutline } from './approval-outline.ts';
import { toChangeOutline, type ChangeOutline } from './change-outline.ts';
import { toHaloOutline, type HaloOutline } from './halo-outline.ts';
import { toIncidentsOutline, type IncidentsOutline } from './incident-outline.ts';
import { at, list, record, text, texts } from './raw-values.ts';
import { toSecretsOutline, type SecretsOutline } from './secret-outline.ts';

/**
 * The names in the file, whatever is wrong with the rest of it: references are checked on this, so that they are
 * reported together with the faults of form. What cannot be read is undefined or empty; lists keep their indexes.
 */
export interface Outline extends ApprovalOutline {
  readonly uiUrl: string | undefined;
  readonly sites: readonly {
    readonly name: string | undefined;
    readonly baseUrl: string | undefined;
    readonly project: string | undefined;
    readonly issueType: string | undefined;
    readonly bot: string | undefined;
    readonly statuses: readonly (readonly [meaning: string, statusName: unknown])[];
  }[];
  readonly gitlabUrl: string | undefined;
  readonly channels: readonly string[];
  readonly accounts: readonly OutlinedAccount[];
  readonly trustedKeys: readonly (string | undefined)[];
  readonly people: readonly Readonly<Record<'name' | 'jira' | 'gitlab' | 'slack', string | undefined>>[];
  readonly groups: readonly OutlinedGroup[];
  readonly onCall: string | undefined;
  readonly policies: readonly OutlinedPolicy[];
  readonly promotionPolicy: string | undefined;
  readonly change: ChangeOutline;
  readonly halo: HaloOutline;
  readonly incidents: IncidentsOutline;
  readonly secrets: SecretsOutline;
}

export interface OutlinedGroup {
  readonly name: string;
  /** Undefined: kept in Slack or Jira. */
  readonly members: readonly (string | undefined)[] | undefined;
}

export interface OutlinedAccount {
  readonly name: string | undefined;
  readonly id: string | undefined;
  readonly bucket: string | undefined;
  readonly purpose: string | undefined;
  readonly publishRole: string | undefined;
  readonly tags: Readonly<Record<string, unknown>>;
}

export interface OutlinedPolicy {
  readonly name: string;
  readonly waves: readonly unknown[] | undefined;
  readonly signature: string | undefined;
  readonly notify: readonly (readonly [path: string, channel: string | undefined])[];
}

export function toOutline(raw: unknown): Outline {
  return {
    ...toApprovalOutline(raw),
    uiUrl: text(raw, 'temporal', 'uiUrl'),
    sites: list(raw, 'jira', 'sites').map((site) => ({
      name: text(site, 'name'),
      baseUrl: text(site, 'baseUrl'),
      project: text(site, 'project'),
      issueType: text(site, 'issueType'),
      bot: text(site, 'bot'),
      statuses: Object.entries(record(site, 'statuses')),
    })),
    gitlabUrl: text(raw, 'gitlab', 'baseUrl'),
    channels: Object.keys(record(raw, 'slack', 'channels')),
    accounts: list(raw, 'aws', 'accounts').map(toAccount),
    trustedKeys: list(raw, 'aws', 'trustedKeys').map((key) => text(key, 'name')),
    people: list(raw, 'people').map((person) => ({
      name: text(person, 'name'),
      jira: text(person, 'jira'),
      gitlab: text(person, 'gitlab'),
      slack: text(person, 'slack'),
    })),
    groups: Object.entries(record(raw, 'groups')).map(([name, people]) => ({
      name,
      members: Array.isArray(people) ? texts(people) : undefined,
    })),
    onCall: text(raw, 'onCall'),
    policies: Object.entries(record(raw, 'policies')).map(([name, policy]) => toPolicy(name, policy)),
    promotionPolicy: text(raw, 'processes', 'promotion', 'policy'),
    change: toChangeOutline(raw),
    halo: toHaloOutline(raw),
    incidents: toIncidentsOutline(raw),
    secrets: toSecretsOutline(raw),
  };
}

function toAccount(account: unknown): OutlinedAccount {
  return {
    name: text(account, 'name'),
    id: text(account, 'id'),
    bucket: text(account, 'bucket'),
    purpose: text(account, 'purpose'),
    publishRole: text(account, 'publishRole'),
    tags: record(account, 'tags'),
  };
}

function toPolicy(name: string, policy: unknown): OutlinedPolicy {
  const waves = at(policy, 'waves');
  const notify = record(policy, 'notify');
  const channels = 'failure' in notify ? notify : { failure: ['soc', 'devops'], ...notify };
  return {
    name,
    waves: Array.isArray(waves) ? waves : undefined,
    signature: text(policy, 'signature'),
    notify: Object.entries(channels).flatMap(([when, names]) =>
      texts(names).map((channel, index) => [`notify.${when}[${index}]`, channel] as const),
    ),
  };
}
