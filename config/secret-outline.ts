import type { NamedPlace } from './named-place.ts';
import { at, list, record, text, texts } from './raw-values.ts';

/** `processes.secrets` of the file, whatever is wrong with the rest of it; with what stands in where it says nothing. */
export interface SecretsOutline {
  /** False: the process is off. */
  readonly present: boolean;
  readonly site: string | undefined;
  readonly project: string | undefined;
  readonly issueType: string | undefined;
  readonly queueUrl: string | undefined;
  readonly deadLetterUrl: string | undefined;
  readonly topics: readonly (string | undefined)[];
  readonly accounts: readonly { readonly id: string | undefined }[];
  readonly regions: readonly (string | undefined)[];
  readonly hasRole: boolean;
  readonly hasExternalId: boolean;
  readonly people: readonly NamedPlace[];
  readonly channels: readonly NamedPlace[];
  readonly finding: {
    readonly project: string | undefined;
    readonly issueType: string | undefined;
    /** Name of the approval by which others approve afterwards. */
    readonly approval: string | undefined;
  };
  /** Every place that names an approval. */
  readonly approvalUses: readonly NamedPlace[];
}

const path = 'processes.secrets';
const defaults = { project: 'SECCHG', issueType: 'Secret change', finding: 'Finding' };

export function toSecretsOutline(raw: unknown): SecretsOutline {
  const secrets = record(raw, 'processes', 'secrets');
  const finding = record(secrets, 'finding');
  const accounts = list(secrets, 'accounts');
  const project = text(secrets, 'project') ?? defaults.project;
  return {
    present: at(raw, 'processes', 'secrets') !== undefined,
    site: text(secrets, 'site'),
    project,
    issueType: text(secrets, 'issueType') ?? defaults.issueType,
    queueUrl: text(secrets, 'queueUrl'),
    deadLetterUrl: text(secrets, 'deadLetterUrl'),
    topics: texts(secrets['topics']),
    accounts: accounts.map((account) => ({ id: text(account, 'id') })),
    regions: texts(secrets['regions']),
    hasRole:
      'role' in secrets || 'starterRole' in secrets || accounts.some((one) => at(one, 'role') !== undefined),
    hasExternalId: 'externalId' in secrets,
    people: findPeople(secrets),
    channels: toPlaces(`${path}.finding.channels`, finding['channels']),
    finding: {
      project: text(finding, 'project') ?? project,
      issueType: text(finding, 'issueType') ?? defaults.finding,
      approval: text(finding, 'approval'),
    },
    approvalUses: ['question', 'approval'].map((key) => ({
      path: `${path}.finding.${key}`,
      name: text(finding, key),
    })),
  };
}

function findPeople(secrets: unknown): NamedPlace[] {
  const principals = list(secrets, 'principals').map((one, index) => ({
    path: `${path}.principals[${index}].person`,
    name: text(one, 'person'),
  }));
  const owners = list(secrets, 'owners').flatMap((one, index) =>
    toPlaces(`${path}.owners[${index}].people`, at(one, 'people')),
  );
  return [...principals, ...owners];
}

function toPlaces(where: string, names: unknown): NamedPlace[] {
  return texts(names).map((name, index) => ({ path: `${where}[${index}]`, name }));
}
