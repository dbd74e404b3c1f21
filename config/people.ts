import type { Config } from './parse-config.ts';

export type Person = Config['people'][number];
type People = Pick<Config, 'people'>;

/** The person with this name, Jira account id or Slack user id; never by e-mail or display name, which people choose themselves. */
export function findPerson(
  { people }: People,
  by: { readonly name: string } | { readonly jira: string } | { readonly slack: string },
): Person | undefined {
  if ('name' in by) return people.find(({ name }) => name === by.name);
  if ('jira' in by) return people.find(({ jira }) => jira === by.jira);
  return people.find(({ slack }) => slack === by.slack);
}

/** @returns the person's name, `jira:<account id>` for somebody whom the configuration does not name, null for nobody */
export function principalOfJira(config: People, accountId: string | null): string | null {
  if (accountId === null) return null;
  return findPerson(config, { jira: accountId })?.name ?? `jira:${accountId}`;
}
