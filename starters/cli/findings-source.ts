import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { Config } from '../../config/parse-config.ts';
import { findings, type HaloSyncView } from '../../workflows/halo-sync/messages.ts';
import { haloSyncId } from '../../workflows/shared/names.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { GlobalOptions, Session } from './session.ts';

export interface SourceOptions extends GlobalOptions {
  readonly source?: string;
}

/** A query needs a worker: without one it would wait for long. */
const queryDeadlineMs = 3_000;

/** All sources of findings, or the named one. @throws CliError when there is none, or no such one */
export function chooseSources({ processes: { halo } }: Config, named: string | undefined): readonly string[] {
  const names = (halo?.sources ?? []).map(({ name }) => name);
  if (names.length === 0)
    throw new CliError(
      exitCodes.usage,
      'processes.halo: is not in the configuration',
      'Configure a source of findings under processes: halo.',
    );
  if (named === undefined) return names;
  if (names.includes(named)) return [named];
  throw new CliError(
    exitCodes.usage,
    `--source: "${named}" is no source of findings`,
    `Name one of: ${names.join(', ')}.`,
  );
}

/** The only one, or the named one. @throws CliError */
export function chooseSource(config: Config, named: string | undefined): string {
  const [source = '', ...others] = chooseSources(config, named);
  if (others.length === 0) return source;
  throw new CliError(
    exitCodes.usage,
    'there are several sources of findings',
    `Name one with --source: ${[source, ...others].join(', ')}.`,
  );
}

export function handleOf(
  { temporal: { client } }: Session,
  source: string,
  workflowId = haloSyncId(source),
): WorkflowHandle {
  return client.workflow.getHandle(workflowId);
}

/**
 * What the one writer of a source knows.
 * @param workflowId of its dry run
 * @throws CliError when it never ran, or no worker answers
 */
export async function readFindings(
  session: Session,
  source: string,
  workflowId?: string,
): Promise<HaloSyncView> {
  const { client } = session.temporal;
  try {
    return await client.withDeadline(Date.now() + queryDeadlineMs, () =>
      handleOf(session, source, workflowId).query(findings),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw neverRan(source);
    throw new CliError(
      exitCodes.unavailable,
      `no worker answers for the findings of ${source}`,
      'Start a worker.',
    );
  }
}

export function neverRan(source: string): CliError {
  return new CliError(
    exitCodes.notFound,
    `no pass of ${source} has ever run`,
    'Begin one with: lockkeeper findings pass',
  );
}
