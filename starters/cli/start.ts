import type { Command } from 'commander';
import { runLinkBase } from '../../config/promotion-policy.ts';
import { agentPromotionId } from '../../workflows/shared/names.ts';
import { startOrSignalPromotion } from '../../activities/temporal/start-promotion.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { readJiraTicket, type FoundTicket } from './jira-ticket.ts';
import { requireTemporal, runInSession, type GlobalOptions, type Session } from './session.ts';
import { printPlan } from './plan.ts';
import { parseTicketArgument } from './ticket-argument.ts';
import { followPromotion } from './watch.ts';

interface StartOptions extends GlobalOptions {
  readonly watch?: boolean;
  readonly dryRun?: boolean;
}

export function addStart(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('start')
    .description('start a process by hand')
    .command('promotion')
    .description('start the promotion of a ticket in ToDo, or tell the running one to look at it')
    .argument('<ticket>', 'key, URL or numeric id')
    .option('--watch', 'follow it until it ends')
    .option('--dry-run', 'do all its reads, print every write that it would make, and write nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper start promotion DEVOPS-77\n  lockkeeper start promotion https://example.atlassian.net/browse/DEVOPS-77 --watch',
    )
    .action(async (typed: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<StartOptions>();
      end(await runInSession(options, (session) => startPromotionOf(session, typed, options)));
    });
}

async function startPromotionOf(session: Session, typed: string, options: StartOptions): Promise<ExitCode> {
  const { config, temporal, output } = session;
  const ticket = await readJiraTicket(config, parseTicketArgument(typed, config.jira.sites));
  refuseHopeless(session, ticket);
  const workflowId = agentPromotionId(ticket.site, ticket.issueId);
  const link = `${runLinkBase(config)}${encodeURIComponent(workflowId)}`;
  const facts = { workflowId, ticket: ticket.key, link };
  await requireTemporal(session);
  if (options.dryRun === true) return printPlan(session, ticket);
  const hint = { deliveryId: `cli:${Date.now()}`, event: 'started by hand' };
  await startOrSignalPromotion(createTemporalStarter(temporal.client), config, ticket, hint);
  output.print(facts, [`Promotion of ${ticket.key}: ${workflowId}`, link]);
  return options.watch === true ? followPromotion(session, workflowId) : exitCodes.ok;
}

/** The workflow would look and find nothing to do; better say so here. */
function refuseHopeless({ config }: Session, { key, site, inScope, statusName }: FoundTicket) {
  const { project, issueType, statuses } = config.jira.sites.find(({ name }) => name === site) ?? {};
  if (!inScope)
    throw new CliError(
      exitCodes.failed,
      `${key} is no ${issueType ?? ''} of ${project ?? ''}`,
      'Name a promotion request.',
    );
  const accepted = [statuses?.toDo, statuses?.inProgress];
  if (!accepted.includes(statusName))
    throw new CliError(
      exitCodes.failed,
      `${key} is in ${statusName}`,
      `Move it to ${statuses?.toDo ?? 'ToDo'} first.`,
    );
}
