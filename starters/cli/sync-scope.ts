import type { WorkflowExecutionInfo } from '@temporalio/client';
import { parseIncidentSyncId, searchAttributeNames, workflowTypes } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';
import { chooseConnections, findCase, type CaseRef, type ConnectionOptions } from './sync-case.ts';

export interface ScopeOptions extends ConnectionOptions {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

/** A running link, as visibility has it. */
export interface ListedCase extends CaseRef {
  readonly issueKey: string | null;
  readonly phase: string;
  readonly waitingOn: string;
}

export interface ListFilter {
  /** Left out: all. */
  readonly connection?: string | undefined;
  /** Only those with something parked or held. */
  readonly parked?: boolean;
}

const codes = { incident: 'incident:', status: 'status:' } as const;

/** Running links; a little behind. */
export async function listCases(
  { temporal: { client } }: Session,
  { connection, parked = false }: ListFilter,
): Promise<readonly ListedCase[]> {
  const conditions = [
    `WorkflowType = "${workflowTypes.incidentSync}"`,
    'ExecutionStatus = "Running"',
    // a name of the configuration: letters, digits and dashes
    ...(connection === undefined ? [] : [`WorkflowId STARTS_WITH "incident:${connection}:"`]),
    ...(parked
      ? [
          `(${Object.values(codes)
            .map((code) => `${searchAttributeNames.waitingOn} STARTS_WITH "${code}"`)
            .join(' OR ')})`,
        ]
      : []),
  ];
  const found: ListedCase[] = [];
  for await (const run of client.workflow.list({ query: conditions.join(' AND '), pageSize: 1_000 }))
    found.push(...toListed(run));
  return found;
}

function toListed({
  workflowId,
  typedSearchAttributes: known,
}: Pick<WorkflowExecutionInfo, 'workflowId' | 'typedSearchAttributes'>): ListedCase[] {
  const ref = parseIncidentSyncId(workflowId);
  if (!ref) return [];
  return [
    {
      ...ref,
      issueKey: known.get(attributes.ticket) ?? null,
      phase: known.get(attributes.phase) ?? '',
      waitingOn: known.get(attributes.waitingOn) ?? '',
    },
  ];
}

/** What a write is about: one case, a connection, or everything. */
export type Scope =
  | { readonly kind: 'case'; readonly ref: CaseRef }
  | { readonly kind: 'connection'; readonly connection: string }
  | { readonly kind: 'all' };

/** @throws CliError unless exactly one of a case, --connection and --all says it */
export async function readScope(
  session: Session,
  typed: string | undefined,
  { connection, all = false }: ScopeOptions,
): Promise<Scope> {
  if (typed !== undefined && !all) return { kind: 'case', ref: await findCase(session, typed, connection) };
  if (typed === undefined && connection !== undefined && !all) {
    const [chosen] = chooseConnections(session.config, connection);
    return { kind: 'connection', connection: chosen?.name ?? connection };
  }
  if (typed === undefined && connection === undefined && all) {
    chooseConnections(session.config, undefined);
    return { kind: 'all' };
  }
  throw new CliError(
    exitCodes.usage,
    'it must be said what this is about',
    'Give one of: a case, --connection <name>, --all.',
  );
}

/** The running links of it. */
export async function casesOf(
  session: Session,
  scope: Scope,
  filter: Pick<ListFilter, 'parked'> = {},
): Promise<readonly CaseRef[]> {
  if (scope.kind === 'case') return [scope.ref];
  const { connection } = { connection: undefined, ...scope };
  return listCases(session, { connection, ...filter });
}

/** As people read it. */
export function describeScope(scope: Scope): string {
  if (scope.kind === 'all') return 'every connection';
  return scope.kind === 'connection'
    ? `the connection ${scope.connection}`
    : `the case ${scope.ref.caseId} of ${scope.ref.connection}`;
}
