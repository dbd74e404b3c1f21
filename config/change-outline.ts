import { Fields, Statuses } from './change-schema.ts';
import type { NamedPlace } from './named-place.ts';
import { list, record, text, texts } from './raw-values.ts';

/** `processes.change` of the file, whatever is wrong with the rest of it. */
export interface ChangeOutline {
  /** False: the process is off. */
  readonly present: boolean;
  readonly site: string | undefined;
  readonly project: string | undefined;
  readonly issueType: string | undefined;
  /** With the names that stand in where the file gives none. */
  readonly statuses: Names;
  readonly fields: Names;
  /** Environment → change policy. */
  readonly environments: readonly NamedPlace[];
  readonly policies: readonly { readonly name: string; readonly autoApprove: boolean }[];
  readonly channels: readonly NamedPlace[];
  readonly planRules: readonly { readonly id: string | undefined }[];
  /** Name of the approval; undefined: no inspections. */
  readonly inspection: { readonly approval: string | undefined } | undefined;
  /** Every place that names an approval. */
  readonly approvalUses: readonly NamedPlace[];
}

type Names = readonly (readonly [meaning: string, name: unknown])[];

const path = ['processes', 'change'] as const;

export function toChangeOutline(raw: unknown): ChangeOutline {
  const change = record(raw, ...path);
  const policies = Object.entries(record(change, 'policies'));
  const inspection = 'inspection' in change ? record(change, 'inspection') : undefined;
  return {
    present: Object.keys(change).length > 0,
    site: text(change, 'site'),
    project: text(change, 'project'),
    issueType: text(change, 'issueType'),
    statuses: Object.entries({ ...Statuses.parse({}), ...record(change, 'statuses') }),
    fields: Object.entries({ ...Fields.parse({}), ...record(change, 'fields') }),
    environments: Object.entries(record(change, 'environments')).map(([environment, policy]) => ({
      path: `processes.change.environments.${environment}`,
      name: typeof policy === 'string' ? policy : undefined,
    })),
    policies: policies.map(([name, policy]) => ({
      name,
      autoApprove: record(policy)['autoApprove'] === true,
    })),
    channels: [
      ...policies.flatMap(([name, policy]) =>
        toChannels(`policies.${name}.notify`, record(policy, 'notify')),
      ),
      ...toChannels('inspection', { notify: record(inspection)['notify'] }),
    ],
    planRules: list(change, 'planRules').map((rule) => ({ id: text(rule, 'id') })),
    inspection: inspection && { approval: text(inspection, 'approval') },
    approvalUses: [
      ...policies.flatMap(([name, policy]) => [
        { path: `processes.change.policies.${name}.approval`, name: text(policy, 'approval') },
        { path: `processes.change.policies.${name}.planApproval`, name: text(policy, 'planApproval') },
      ]),
      ...(['approval', 'switchOnApproval'] as const).map((use) => ({
        path: `processes.change.inspection.${use}`,
        name: text(inspection, use),
      })),
    ],
  };
}

function toChannels(where: string, lists: Readonly<Record<string, unknown>>): NamedPlace[] {
  return Object.entries(lists).flatMap(([key, names]) =>
    texts(names).map((name, index) => ({ path: `processes.change.${where}.${key}[${index}]`, name })),
  );
}
