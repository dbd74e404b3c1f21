import { WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { z } from 'zod';
import { idHash } from '../../activities/findings/hash.ts';
import { toAdf } from '../../activities/jira/adf.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { toFindingPolicy } from '../../config/halo-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import { unaccept, type AcceptanceInput } from '../../workflows/finding-acceptance/messages.ts';
import { findRefusal, toRequestText } from '../../workflows/finding-acceptance/request.ts';
import type { FindingPolicy } from '../../workflows/halo-sync/messages.ts';
import { paragraph } from '../../workflows/shared/comment.ts';
import { findingAcceptanceId, workflowTypes } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { listAccepted, type AcceptedOptions } from './findings-accepted.ts';
import { chooseSource, type SourceOptions } from './findings-source.ts';
import { findTicket, openSourceSite, type OwnTicket } from './findings-ticket.ts';
import { requireTemporal, runInSession, type Session } from './session.ts';
import { whoAmI } from './who-am-i.ts';

interface AcceptOptions extends SourceOptions {
  readonly until: string;
  readonly reason: string;
}

export interface AcceptPorts {
  /** The rules of a source, as the configuration has them. */
  readonly toPolicy: (config: Config, source: string) => FindingPolicy;
  readonly now?: () => number;
}

const sourceHelp = 'of the configuration; may be left out when there is one';
const identityHelp = `
It is asked as who you are in Jira: the comment is written with LOCKKEEPER_JIRA_EMAIL and LOCKKEEPER_JIRA_API_TOKEN, your own.`;

/** Accepted risks: `findings accept`, `unaccept` and `accepted`. */
export function addAcceptances(verb: Command, end: (code: ExitCode) => void): void {
  verb
    .command('accept')
    .description('ask people to accept the risk of a finding until a day')
    .argument('<finding>', 'key of its ticket, or its id at the source')
    .requiredOption('--until <day>', 'the last day, such as 2026-12-31, in UTC')
    .requiredOption('--reason <text>', 'why it can be lived with')
    .option('--source <name>', sourceHelp)
    .addHelpText(
      'after',
      `\nExample:\n  lockkeeper findings accept SEC-12 --until 2026-12-31 --reason "behind the WAF"\n${identityHelp}`,
    )
    .action(async (typed: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<AcceptOptions>();
      end(
        await runInSession(options, (session) =>
          askToAccept(session, typed, options, { toPolicy: toFindingPolicy }),
        ),
      );
    });
  verb
    .command('unaccept')
    .description('end the acceptance of a finding now, or withdraw the request')
    .argument('<finding>', 'key of its ticket, or its id at the source')
    .requiredOption('--reason <text>', 'why')
    .option('--source <name>', sourceHelp)
    .addHelpText('after', '\nExample:\n  lockkeeper findings unaccept SEC-12 --reason "exploited elsewhere"')
    .action(async (typed: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Omit<AcceptOptions, 'until'>>();
      end(
        await runInSession(options, (session) =>
          endAcceptance(session, typed, options, { toPolicy: toFindingPolicy }),
        ),
      );
    });
  verb
    .command('accepted')
    .description('the register of accepted risks: which, who, why and until when')
    .option('--csv', 'as a table for spreadsheets')
    .option('--source <name>', sourceHelp)
    .addHelpText('after', '\nExamples:\n  lockkeeper findings accepted\n  lockkeeper findings accepted --csv')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<AcceptedOptions>();
      end(await runInSession(options, (session) => listAccepted(session, options)));
    });
}

const Comment = z.object({ id: z.string().regex(/^[0-9]+$/) });

/** The comment is what asks: its author is the requester, whoever starts the workflow. */
export async function askToAccept(
  session: Session,
  typed: string,
  options: Pick<AcceptOptions, 'source' | 'until' | 'reason'>,
  { toPolicy, now = Date.now }: AcceptPorts,
): Promise<ExitCode> {
  const { config, temporal, output } = session;
  const source = chooseSource(config, options.source);
  const policy = toPolicy(config, source);
  const { acceptance, runLinkBase } = policy;
  if (!acceptance)
    throw new CliError(
      exitCodes.usage,
      `nobody accepts risks of ${source}`,
      'Configure acceptance: {approval, maxDays} of this source.',
    );
  const day = options.until;
  const asked = { day, reason: options.reason, askedAt: new Date(now()).toISOString() };
  const refusal = findRefusal(asked, acceptance.maxDays, now());
  if (refusal !== undefined) throw new CliError(exitCodes.usage, `not asked: ${refusal}`);
  await requireTemporal(session);
  const jira = openSourceSite(session, policy.site);
  const ticket = await findTicket(jira, source, typed);
  const { issueId, key, mark } = ticket;
  const workflowId = findingAcceptanceId(source, idHash(mark.findingId));
  // before anything is said on the ticket; the start below refuses what begins meanwhile
  if (await isRunning(session, workflowId)) throw runsAlready(key, workflowId);
  const comment = await jira.create(
    `comment on ${key}`,
    `/rest/api/3/issue/${issueId}/comment`,
    { body: toAdf([paragraph(toRequestText(day, options.reason))]) },
    Comment,
  );
  const input: AcceptanceInput = {
    ...{ source, findingId: mark.findingId, issueId, commentId: comment.id },
    ...{ policy: acceptance.approval, runLinkBase },
  };
  const started = await createTemporalStarter(temporal.client).start(
    toStart(session, workflowId, ticket, input),
  );
  if (!started) throw runsAlready(key, workflowId);
  const link = `${runLinkBase}${encodeURIComponent(workflowId)}`;
  output.print({ source, ticket: key, findingId: mark.findingId, until: day, workflowId, link }, [
    `Asked to accept ${key} until ${day}: ${acceptance.approval.name} decides.`,
    link,
  ]);
  return exitCodes.ok;
}

function toStart({ config }: Session, workflowId: string, { key }: OwnTicket, input: AcceptanceInput) {
  return {
    workflowType: workflowTypes.findingAcceptance,
    workflowId,
    taskQueue: config.temporal.taskQueue,
    input,
    staticSummary: `Accept the risk of ${key}`,
    searchAttributes: [
      { key: attributes.process, value: 'finding-acceptance' },
      { key: attributes.ticket, value: key },
      { key: attributes.target, value: input.source },
    ],
  };
}

async function isRunning({ temporal: { client } }: Session, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

function runsAlready(key: string, workflowId: string): CliError {
  return new CliError(
    exitCodes.failed,
    `${key}: its acceptance is asked for, or holds, already: ${workflowId}`,
    'See it with: lockkeeper findings accepted; end it with: lockkeeper findings unaccept.',
  );
}

/** It can only become stricter by this, so that it needs no approval. */
export async function endAcceptance(
  session: Session,
  typed: string,
  options: Pick<AcceptOptions, 'source' | 'reason'>,
  { toPolicy }: Pick<AcceptPorts, 'toPolicy'>,
): Promise<ExitCode> {
  const { config, temporal, output } = session;
  const source = chooseSource(config, options.source);
  const by = await whoAmI(session);
  await requireTemporal(session);
  const { key, mark } = await findTicket(
    openSourceSite(session, toPolicy(config, source).site),
    source,
    typed,
  );
  const workflowId = findingAcceptanceId(source, idHash(mark.findingId));
  try {
    const reason = options.reason.slice(0, 500);
    await temporal.client.workflow.getHandle(workflowId).signal(unaccept.name, { by, reason });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new CliError(exitCodes.notFound, `${key}: no acceptance is asked for, and none holds`);
  }
  output.print({ source, ticket: key, workflowId, by }, [
    `${key}: its acceptance ends, and the finding is looked at again.`,
  ]);
  return exitCodes.ok;
}
