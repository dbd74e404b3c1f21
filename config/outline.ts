/**
 * The names in the file, whatever is wrong with the rest of it: references are checked on this, so that they are
 * reported together with the faults of form. What cannot be read is undefined or empty; lists keep their indexes.
 */
export interface Outline {
  readonly uiUrl: string | undefined;
  readonly sites: readonly {
    readonly name: string | undefined;
    readonly baseUrl: string | undefined;
    readonly bot: string | undefined;
    readonly statuses: readonly (readonly [meaning: string, statusName: unknown])[];
  }[];
  readonly gitlabUrl: string | undefined;
  readonly channels: readonly string[];
  readonly accounts: readonly OutlinedAccount[];
  readonly trustedKeys: readonly (string | undefined)[];
  readonly people: readonly Readonly<Record<'name' | 'jira' | 'gitlab' | 'slack', string | undefined>>[];
  readonly groups: readonly (readonly [name: string, people: readonly (string | undefined)[]])[];
  readonly onCall: string | undefined;
  readonly policies: readonly OutlinedPolicy[];
  readonly promotionPolicy: string | undefined;
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
    uiUrl: text(raw, 'temporal', 'uiUrl'),
    sites: list(raw, 'jira', 'sites').map((site) => ({
      name: text(site, 'name'),
      baseUrl: text(site, 'baseUrl'),
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
    groups: Object.entries(record(raw, 'groups')).map(([name, people]) => [name, texts(people)] as const),
    onCall: text(raw, 'onCall'),
    policies: Object.entries(record(raw, 'policies')).map(([name, policy]) => toPolicy(name, policy)),
    promotionPolicy: text(raw, 'processes', 'promotion', 'policy'),
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

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((found, key) => (isObject(found) ? found[key] : undefined), value);
}

function text(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

function list(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

function texts(value: unknown): (string | undefined)[] {
  return list(value).map((item) => text(item));
}

function record(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
