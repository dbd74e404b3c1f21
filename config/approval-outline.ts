import { toChangeOutline } from './change-outline.ts';
import { toHaloOutline } from './halo-outline.ts';
import { toIncidentsOutline } from './incident-outline.ts';
import type { NamedPlace } from './named-place.ts';
import { at, list, record, text } from './raw-values.ts';
import { toSecretsOutline } from './secret-outline.ts';

/** Of the file, whatever is wrong with the rest of it: what people decide, and what holds waves back. */
export interface ApprovalOutline {
  readonly teamId: string | undefined;
  readonly gatewayUrl: string | undefined;
  readonly hasDecisions: boolean;
  readonly approvals: readonly OutlinedApproval[];
  /** Every place that names an approval. */
  readonly approvalUses: readonly NamedPlace[];
  readonly delegations: readonly OutlinedDelegation[];
  readonly probes: readonly string[];
  readonly probeUrls: readonly (readonly [path: string, url: string | undefined])[];
  readonly windows: readonly OutlinedWindow[];
}

export interface OutlinedApproval {
  readonly name: string;
  readonly channel: string | undefined;
  readonly buttons: boolean;
  readonly quorum: readonly { readonly group: string | undefined; readonly count: number }[];
  readonly override: readonly NamedPlace[];
  readonly exclude: readonly unknown[];
  readonly reminders: readonly unknown[];
}

export interface OutlinedDelegation {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly start: string | undefined;
  readonly end: string | undefined;
}

export interface OutlinedWindow {
  readonly name: string | undefined;
  readonly cron: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export function toApprovalOutline(raw: unknown): ApprovalOutline {
  const probes = record(raw, 'probes');
  return {
    teamId: text(raw, 'slack', 'teamId'),
    gatewayUrl: text(raw, 'decisions', 'gatewayUrl'),
    hasDecisions: at(raw, 'decisions') !== undefined,
    approvals: Object.entries(record(raw, 'approvals')).map(([name, approval]) => toApproval(name, approval)),
    approvalUses: findUses(raw),
    delegations: list(raw, 'delegations').map((delegation) => ({
      from: text(delegation, 'from'),
      to: text(delegation, 'to'),
      start: text(delegation, 'start'),
      end: text(delegation, 'end'),
    })),
    probes: Object.keys(probes),
    probeUrls: Object.entries(probes).map(
      ([name, probe]) => [`probes.${name}.url`, text(probe, 'url')] as const,
    ),
    windows: list(raw, 'freeze', 'windows').map((window) => ({
      name: text(window, 'name'),
      cron: text(window, 'cron'),
      from: text(window, 'from'),
      to: text(window, 'to'),
    })),
  };
}

/** What the form puts in when nothing is said. */
const everybody = ['requester', 'author', 'changer'];

function toApproval(name: string, approval: unknown): OutlinedApproval {
  return {
    name,
    channel: text(approval, 'channel'),
    buttons: at(approval, 'buttons') !== false,
    quorum: list(approval, 'quorum').map((seat) => ({
      group: text(seat, 'group'),
      count: toCount(at(seat, 'count')),
    })),
    override: (['group', 'reviewers'] as const).map((key) => ({
      path: `override.${key}`,
      name: text(approval, 'override', key),
    })),
    exclude: at(approval, 'exclude') === undefined ? everybody : list(approval, 'exclude'),
    reminders: list(approval, 'reminders').map((reminder) => at(reminder, 'afterMinutes')),
  };
}

/** Left out it is one; what is no number is a fault of form. */
function toCount(value: unknown): number {
  return typeof value === 'number' ? value : 1;
}

function findUses(raw: unknown): NamedPlace[] {
  const policies = Object.entries(record(raw, 'policies')).flatMap(([policy, rules]) => [
    { path: `policies.${policy}.approval`, name: text(rules, 'approval') },
    ...list(rules, 'waves').map((wave, index) => ({
      path: `policies.${policy}.waves[${index}].approval`,
      name: text(wave, 'approval'),
    })),
  ]);
  const others = (
    [
      ['freeze', 'approval'],
      ['freeze', 'exception'],
      ['processes', 'promotion', 'rollback'],
      ['processes', 'promotion', 'steal'],
    ] as const
  ).map((path) => ({ path: path.join('.'), name: text(raw, ...path) }));
  const processes = [
    toChangeOutline(raw),
    toHaloOutline(raw),
    toIncidentsOutline(raw),
    toSecretsOutline(raw),
  ];
  const ofProcesses = processes.flatMap(({ approvalUses }) => approvalUses);
  return [...policies, ...others, ...ofProcesses].filter(({ name }) => name !== undefined);
}
