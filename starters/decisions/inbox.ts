import { listedPeople } from '../../workflows/approval/listed-people.ts';
import type { Client } from '@temporalio/client';
import type { Config } from '../../config/parse-config.ts';
import { searchAttributeNames, waitingOnPerson } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';

/** A run that waits for people. */
export interface InboxEntry {
  readonly workflowId: string;
  readonly runId: string;
  readonly process: string;
  /** Empty when the run has none. */
  readonly ticket: string;
  readonly target: string;
  readonly risk: string;
  /** Those that still have to say something. */
  readonly groups: readonly string[];
  /** ISO 8601 UTC; null while the clock stands still. */
  readonly dueBy: string | null;
}

/** The part of a membership that an inbox asks; delegates see what waits for those whom they stand in for. */
export interface KnowsStanding {
  standing(question: {
    person: string;
    groups: readonly string[];
  }): Promise<{ readonly groups: readonly string[] }>;
}

/** `LkWaitingOn` is at most so long: the last group of a code of this length may be cut. */
const longestCode = 80;
const mostEntries = 1_000;

/** One expression for any number of groups: they are compared here, where a cut name is known as such. */
export const inboxQuery = `ExecutionStatus = "Running" AND ${searchAttributeNames.waitingOn} STARTS_WITH "${waitingOnPerson}"`;

/**
 * From Temporal's visibility alone: works while no worker runs, and may be a second late.
 * @param groups undefined: what waits for anybody
 * @returns what is due first, first
 */
export async function findInbox(
  client: Pick<Client, 'workflow'>,
  groups: readonly string[] | undefined,
): Promise<InboxEntry[]> {
  const entries: InboxEntry[] = [];
  for await (const { workflowId, runId, typedSearchAttributes: known } of client.workflow.list({
    query: inboxQuery,
  })) {
    const code = known.get(attributes.waitingOn) ?? '';
    if (groups && !waitsForAny(code, groups)) continue;
    entries.push({
      workflowId,
      runId,
      process: known.get(attributes.process) ?? '',
      ticket: known.get(attributes.ticket) ?? '',
      target: known.get(attributes.target) ?? '',
      risk: known.get(attributes.risk) ?? '',
      groups: groupsOfCode(code),
      dueBy: known.get(attributes.dueBy)?.toISOString() ?? null,
    });
    if (entries.length === mostEntries) break;
  }
  return entries.sort(byDue);
}

/** The groups of the configuration that this person may decide for now, as a member or as somebody's delegate. */
export async function groupsOfPerson(
  config: Pick<Config, 'groups'>,
  membership: KnowsStanding,
  person: string,
): Promise<string[]> {
  // one by one: a person may stand in for a member of one group and be a member of another
  const standings = await Promise.all(
    Object.keys(config.groups).map((group) => membership.standing({ person, groups: [group] })),
  );
  return [...new Set(standings.flatMap((standing) => standing.groups))];
}

function waitsForAny(code: string, groups: readonly string[]): boolean {
  const named = groupsOfCode(code);
  const last = code.length >= longestCode ? named.at(-1) : undefined;
  return groups.some(
    (group) =>
      named.some((one) => one === group || isListed(group, one)) ||
      (last !== undefined && last !== '' && group.startsWith(last)),
  );
}

/** @param own `people:<person>` */
function isListed(own: string, group: string): boolean {
  const [person] = listedPeople(own) ?? [];
  return person !== undefined && (listedPeople(group)?.includes(person) ?? false);
}

/** @param code `person:<group>+<group>` */
export function groupsOfCode(code: string): string[] {
  return code.slice(waitingOnPerson.length).split('+').filter(Boolean);
}

/** Due first; without a date last; then by id, so that the order stands still. */
function byDue(a: InboxEntry, b: InboxEntry): number {
  const due = ({ dueBy }: InboxEntry) => (dueBy === null ? Infinity : Date.parse(dueBy));
  const [first, second] = [due(a), due(b)];
  if (first !== second) return first - second;
  return a.workflowId < b.workflowId ? -1 : 1;
}
