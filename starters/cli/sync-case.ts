import { WorkflowNotFoundError } from '@temporalio/client';
import type { ConnectionConfig } from '../../config/incident-schema.ts';
import type { Config } from '../../config/parse-config.ts';
import { incident, type IncidentView } from '../../workflows/incident-sync/messages.ts';
import {
  incidentSyncId,
  parseIncidentSyncId,
  searchAttributeNames,
  workflowTypes,
} from '../../workflows/shared/names.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { GlobalOptions, Session } from './session.ts';

export interface ConnectionOptions extends GlobalOptions {
  readonly connection?: string;
}

/** A link by what it is of. */
export interface CaseRef {
  readonly connection: string;
  readonly caseId: string;
}

/** A query needs a worker: without one it would wait for long. */
const queryDeadlineMs = 3_000;

/** All connections, or the named one. @throws CliError when there is none, or no such one */
export function chooseConnections(
  { processes: { incidents } }: Config,
  named: string | undefined,
): readonly ConnectionConfig[] {
  const all = incidents?.connections ?? [];
  if (all.length === 0)
    throw new CliError(
      exitCodes.usage,
      'processes.incidents: is not in the configuration',
      'Make a connection with: lockkeeper sync jira --write',
    );
  const chosen = named === undefined ? all : all.filter(({ name }) => name === named);
  if (chosen.length > 0) return chosen;
  const known = all.map(({ name }) => name).join(', ');
  throw new CliError(
    exitCodes.usage,
    `--connection: "${named ?? ''}" is no connection`,
    `Name one of: ${known}.`,
  );
}

/** The only one, or the named one. @throws CliError */
function chooseConnection(config: Config, named: string | undefined): ConnectionConfig {
  const [first, ...others] = chooseConnections(config, named);
  if (first && others.length === 0) return first;
  throw new CliError(
    exitCodes.usage,
    'there are several connections',
    `Name one with --connection: ${chooseConnections(config, undefined)
      .map(({ name }) => name)
      .join(', ')}.`,
  );
}

/**
 * What a person typed for a case: its id, its ARN, a workflow id, or the key of its issue.
 * @throws CliError naming the accepted forms
 */
export async function findCase(session: Session, typed: string, named: string | undefined): Promise<CaseRef> {
  const { config } = session;
  const workflow = parseIncidentSyncId(typed);
  if (workflow) return { ...workflow, connection: chooseConnection(config, workflow.connection).name };
  const arn = /^arn:aws[a-z-]*:security-ir:([^:]+):([0-9]{12}):case\/([0-9]{10,32})$/.exec(typed);
  if (arn?.[1] && arn[2] && arn[3]) return ofMembership(config, [arn[1], arn[2], arn[3]], named);
  if (/^[0-9]{10,32}$/.test(typed))
    return { connection: chooseConnection(config, named).name, caseId: typed };
  const key = typed.toUpperCase();
  if (/^[A-Z][A-Z0-9_]*-[0-9]{1,19}$/.test(key)) return ofIssue(session, key, named);
  throw new CliError(
    exitCodes.usage,
    `"${typed}" is no case`,
    'Give its id, its ARN, the key of its issue, or incident:<connection>:<case id>.',
  );
}

function ofMembership(
  config: Config,
  [region, account, caseId]: readonly [string, string, string],
  named: string | undefined,
): CaseRef {
  const own = chooseConnections(config, named).filter(
    (one) => one.region === region && one.account === account,
  );
  const [first, ...others] = own;
  if (first && others.length === 0) return { connection: first.name, caseId };
  throw new CliError(
    exitCodes.usage,
    first
      ? `several connections are of ${account} in ${region}`
      : `no connection is of ${account} in ${region}`,
    'Name one with --connection.',
  );
}

/** By visibility, which is a little behind. @param key letters, digits and a dash, so that it cannot break the query */
async function ofIssue(session: Session, key: string, named: string | undefined): Promise<CaseRef> {
  const query = `WorkflowType = "${workflowTypes.incidentSync}" AND ${searchAttributeNames.ticket} = "${key}"`;
  for await (const { workflowId } of session.temporal.client.workflow.list({ query, pageSize: 10 })) {
    const ref = parseIncidentSyncId(workflowId);
    if (ref && (named === undefined || ref.connection === named)) return ref;
  }
  throw new CliError(
    exitCodes.notFound,
    `no case is linked to ${key}`,
    'Link one with: lockkeeper sync link <case> <issue>',
  );
}

/** @throws CliError when it never ran, or no worker answers */
export async function readIncident(session: Session, { connection, caseId }: CaseRef): Promise<IncidentView> {
  const { client } = session.temporal;
  try {
    return await client.withDeadline(Date.now() + queryDeadlineMs, () =>
      client.workflow.getHandle(incidentSyncId(connection, caseId)).query(incident),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw unknownCase({ connection, caseId });
    throw new CliError(exitCodes.unavailable, `no worker answers for the case ${caseId}`, 'Start a worker.');
  }
}

export function unknownCase({ connection, caseId }: CaseRef): CliError {
  return new CliError(
    exitCodes.notFound,
    `nothing is known of the case ${caseId} of ${connection}`,
    'Look for those that are known: lockkeeper sync list',
  );
}
