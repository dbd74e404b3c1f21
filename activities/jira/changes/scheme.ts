import { createFailure } from '../../../workflows/shared/failures.ts';
import { isStatus } from '../rounds.ts';
import type { JiraStatus } from '../schema.ts';
import { findFields, once, openAccess, type OpenAccess, type SiteAccess } from '../site.ts';
import type { FieldName, PersonOf } from '../tickets.ts';
import { buildFields, changeStatuses, type ChangeStatus } from './port.ts';

const furtherFields = ['rollbackPlan', 'justification', 'scanStatus', 'evidenceDigest'] as const;
const changeFields = [...buildFields, ...furtherFields];
export type ChangeField = (typeof changeFields)[number];

/** The change tickets of a site: `processes.change` of the configuration, as far as Jira is concerned. */
export interface ChangeScheme {
  readonly site: string;
  /** Project key. */
  readonly project: string;
  /** Name of the issue type, exactly. */
  readonly issueType: string;
  /** The site's own name of each status, exactly, or its id. */
  readonly statuses: Readonly<Record<ChangeStatus, string>>;
  /** Names of custom fields, exactly; their ids are looked up once. */
  readonly fields: Readonly<Record<ChangeField, string>>;
  /** A search for open incidents of the highest severity: the configuration's own, sent as it is. */
  readonly incidentJql?: string | undefined;
}

/** A site with its change tickets. */
export interface OpenChanges extends OpenAccess {
  readonly scheme: ChangeScheme;
  readonly baseUrl: string;
  readonly personOf: PersonOf;
  /** @throws NotFound or InvalidInput when not exactly one custom field has a configured name */
  fieldIds(): Promise<Readonly<Record<ChangeField, string>>>;
}

/** Jira has an `Environment` and a `Project` of its own, which are other fields: only custom fields are looked at. */
const isCustom = ({ id }: { readonly id: string }) => id.startsWith('customfield_');

export function openChanges(access: SiteAccess, scheme: ChangeScheme, personOf: PersonOf): OpenChanges {
  const open = openAccess(access);
  async function find() {
    const names = changeFields.map((field) => scheme.fields[field]);
    const ids = await findFields(open, names, 'processes.change.fields', isCustom);
    return Object.fromEntries(changeFields.map((field, index) => [field, ids[index]])) as Record<
      ChangeField,
      string
    >;
  }
  return {
    ...open,
    scheme,
    baseUrl: access.baseUrl.replace(/\/+$/, ''),
    personOf,
    fieldIds: once(find),
  };
}

export function statusOf({ statuses }: ChangeScheme, status: JiraStatus): ChangeStatus | 'other' {
  return changeStatuses.find((one) => isStatus(statuses[one], status)) ?? 'other';
}

/** In these nothing comes after. */
const endStatuses: readonly (ChangeStatus | 'other')[] = ['declined', 'canceled', 'closed'];

export function isEnded(status: ChangeStatus | 'other'): boolean {
  return endStatuses.includes(status);
}

/** The site's names of the statuses in which nothing comes after. */
export function endNames({ statuses }: ChangeScheme): string[] {
  return changeStatuses.filter(isEnded).map((status) => statuses[status]);
}

/** The fields that decide, as a change log names them. */
export async function decidingFields(open: OpenChanges): Promise<readonly FieldName[]> {
  const ids = await open.fieldIds();
  return buildFields.map((field) => ({ id: ids[field], name: open.scheme.fields[field] }));
}

/** @throws UnsupportedResponse the field is of another type than this process needs */
export function wrongField(name: string, expected: string, found: string): Error {
  return createFailure('UnsupportedResponse', `jira: field ${name} is not ${expected}`, {
    details: { system: 'jira', action: 'read change ticket', expected, found },
  });
}
