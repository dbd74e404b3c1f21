import { randomUUID } from 'node:crypto';
import { startIncident } from '../../activities/temporal/start-incident.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { findConnection } from '../../config/incident-policy.ts';
import { projectsOf } from '../webhooks/jira/incidents.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { readJiraTicket } from './jira-ticket.ts';
import { requireTemporal, type Session } from './session.ts';
import { findCase, readIncident, type CaseRef, type ConnectionOptions } from './sync-case.ts';

export interface LinkOptions extends ConnectionOptions {
  readonly dryRun?: boolean;
}

/** Ties a case and an issue that are there. What is equal is their base, the rest is left to the policy of conflicts. */
export async function linkCase(
  session: Session,
  { typedCase, typedIssue }: { readonly typedCase: string; readonly typedIssue: string },
  options: Pick<LinkOptions, 'connection' | 'dryRun'>,
): Promise<ExitCode> {
  const { config, temporal, output } = session;
  await requireTemporal(session);
  const ref = await findCase(session, typedCase, options.connection);
  const issue = await findIssue(session, ref, typedIssue);
  await requireUnlinked(session, ref, issue.key);
  const dryRun = options.dryRun === true;
  if (!dryRun) {
    const starter = createTemporalStarter(temporal.client);
    const event = { deliveryId: `cli:${randomUUID()}`, event: 'link', side: 'both' } as const;
    await startIncident(starter, config, { ...ref, event: { ...event, issueId: issue.issueId } });
  }
  output.print({ ...ref, issueId: issue.issueId, issueKey: issue.key, dryRun }, [
    `Case ${ref.caseId} of ${ref.connection} ${dryRun ? 'would be' : 'is being'} linked to ${issue.key}: ${issue.summary}`,
    ...(dryRun ? [] : [`Look at it with: lockkeeper sync status ${ref.caseId}`]),
  ]);
  return exitCodes.ok;
}

async function findIssue({ config }: Session, { connection: name }: CaseRef, typed: string) {
  const connection = findConnection(config, name);
  if (!connection) throw new CliError(exitCodes.usage, `no connection "${name}" in the configuration`);
  const { site } = connection;
  const key = typed.toUpperCase();
  const isKey = /^[A-Z][A-Z0-9_]*-[0-9]{1,19}$/.test(key);
  if (!isKey && !/^[0-9]{1,19}$/.test(typed))
    throw new CliError(exitCodes.usage, `"${typed}" is no issue`, 'Give its key or its numeric id.');
  const issue = await readJiraTicket(
    config,
    isKey ? { kind: 'key', site, key } : { kind: 'id', site, issueId: typed },
  );
  const projects = projectsOf(connection);
  if (projects.some((project) => issue.key.startsWith(`${project}-`))) return issue;
  throw new CliError(
    exitCodes.usage,
    `${issue.key} is in no project of ${name}`,
    `Give an issue of: ${projects.join(', ')}.`,
  );
}

/** Two issues of one case would both be its copy. */
async function requireUnlinked(session: Session, ref: CaseRef, key: string): Promise<void> {
  const linked = await readIncident(session, ref).then(
    ({ issueKey }) => issueKey,
    (error: unknown) => {
      if (error instanceof CliError && error.exitCode === exitCodes.notFound) return null;
      throw error;
    },
  );
  if (linked === null || linked === key) return;
  throw new CliError(
    exitCodes.failed,
    `the case ${ref.caseId} is linked to ${linked}`,
    `Take them apart first: lockkeeper sync unlink ${ref.caseId} --reason "…"`,
  );
}
