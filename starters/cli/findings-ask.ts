import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { askForPass, toDryRunStart } from '../../activities/temporal/halo-calls.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { Config } from '../../config/parse-config.ts';
import { runLinkBase } from '../../config/promotion-policy.ts';
import {
  retryParked,
  type FindingPolicy,
  type PassKind,
  type PassRequest,
} from '../../workflows/halo-sync/messages.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { followPass, type FollowOptions } from './findings-follow.ts';
import { chooseSource, handleOf, neverRan, readFindings, type SourceOptions } from './findings-source.ts';
import { requireTemporal, type Session } from './session.ts';

export interface AskOptions extends SourceOptions {
  readonly since?: string;
  readonly follow?: boolean;
  readonly dryRun?: boolean;
}

export interface AskPorts extends FollowOptions {
  /** The rules of a source, as the configuration has them. */
  readonly toPolicy: (config: Config, source: string) => FindingPolicy;
}

/** Asks the one writer of a source for a pass; it starts when it does not run, and several askers share one pass. */
export async function askFindings(
  session: Session,
  kind: PassKind,
  options: Pick<AskOptions, 'source' | 'since' | 'follow' | 'dryRun'>,
  own: AskPorts,
): Promise<ExitCode> {
  const { config, temporal, output } = session;
  const { toPolicy, now = Date.now } = own;
  const source = chooseSource(config, options.source);
  const since = kind === 'backfill' ? parseSince(options.since ?? '', now()) : null;
  await requireTemporal(session);
  const requestId = `cli:${randomUUID()}`;
  const request: PassRequest = { kind, since, requestId, policy: toPolicy(config, source) };
  if (options.dryRun === true) return tryOut(session, request, own);
  const starter = createTemporalStarter(temporal.client);
  const workflowId = await askForPass(starter, config.temporal.taskQueue, request);
  const link = `${runLinkBase(config)}${encodeURIComponent(workflowId)}`;
  output.print({ source, kind, since, requestId, workflowId, link }, [
    `Asked for a ${kind} of ${source}${since === null ? '' : ` since ${since}`}: ${requestId}`,
    link,
  ]);
  return options.follow === true ? followPass(session, { source, requestId }, own) : exitCodes.ok;
}

/** Writes nothing: the counts say what would be done. It is followed to its end. */
async function tryOut(session: Session, request: PassRequest, own: FollowOptions): Promise<ExitCode> {
  const { config, temporal, output } = session;
  const { source } = request.policy;
  const watermark = await readWatermark(session, source);
  const start = toDryRunStart(config.temporal.taskQueue, request, watermark);
  const { workflowId } = start;
  if (!(await createTemporalStarter(temporal.client).start(start)))
    throw new CliError(exitCodes.failed, `a dry run of ${source} runs already`, 'Wait until it has ended.');
  if (!output.json)
    output.print(null, [
      `Dry run of a ${request.kind} of ${source}: nothing is written, the numbers are what would be.`,
    ]);
  return followPass(session, { source, workflowId, requestId: request.requestId }, own);
}

/** Null before the first pass: then everything is new. */
async function readWatermark(session: Session, source: string): Promise<string | null> {
  try {
    return (await readFindings(session, source)).watermark;
  } catch (error) {
    if (error instanceof CliError && error.exitCode === exitCodes.notFound) return null;
    throw error;
  }
}

/** A day in UTC, or a time with its zone. @throws CliError naming the accepted forms */
export function parseSince(text: string, nowMs: number): string {
  const isDay = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text);
  const isTime =
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2})$/.test(
      text,
    );
  const ms = isDay || isTime ? Date.parse(text) : NaN;
  // the 31st of February is the 3rd of March to some
  const isReal = isDay ? !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text) : !Number.isNaN(ms);
  if (!isReal)
    throw new CliError(
      exitCodes.usage,
      `--since: "${text}" is no date`,
      'Give a day, 2026-10-01, or a time with its zone, 2026-10-01T08:00Z.',
    );
  if (ms < 0 || ms > nowMs)
    throw new CliError(exitCodes.usage, `--since: ${text} is not in the past`, 'Give an earlier date.');
  return new Date(ms).toISOString();
}

/** Parked findings are tried again, all or those that are named. */
export async function retryFindings(
  session: Session,
  ids: readonly string[],
  options: Pick<SourceOptions, 'source'>,
): Promise<ExitCode> {
  const source = chooseSource(session.config, options.source);
  await requireTemporal(session);
  const { parked } = await readFindings(session, source);
  const unknown = ids.filter((id) => !parked.some(({ findingId }) => findingId === id));
  if (unknown.length > 0)
    throw new CliError(
      exitCodes.notFound,
      `not parked: ${unknown.join(', ')}`,
      'Look for those that are: lockkeeper findings list --parked',
    );
  const count = ids.length === 0 ? parked.length : ids.length;
  if (count > 0) await sendRetry(session, source, ids);
  session.output.print({ source, retried: count }, [
    count === 0 ? `Nothing of ${source} is parked.` : `${count} of ${source} will be tried in the next pass.`,
  ]);
  return exitCodes.ok;
}

async function sendRetry(session: Session, source: string, ids: readonly string[]): Promise<void> {
  try {
    await handleOf(session, source).signal(retryParked.name, { ids });
  } catch (error) {
    // it answers what it knew, though it was ended
    throw error instanceof WorkflowNotFoundError ? neverRan(source) : error;
  }
}
