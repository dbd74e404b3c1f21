import type { Command } from 'commander';
import { toRetryStart } from '../../activities/temporal/start-promotion.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { runLinkBase } from '../../config/promotion-policy.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { readJiraTicket } from './jira-ticket.ts';
import { requireTemporal, runInSession, type GlobalOptions, type Session } from './session.ts';
import { parseTicketArgument } from './ticket-argument.ts';
import { followPromotion } from './watch.ts';

interface RetryOptions extends GlobalOptions {
  readonly failedOnly?: boolean;
  readonly watch?: boolean;
}

export function addRetry(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('retry')
    .description('publish the tested bytes of a failed promotion to the accounts that it left out')
    .argument('<ticket>', 'key, URL or numeric id of a ticket in Failed')
    .requiredOption(
      '--failed-only',
      'the accounts that were left out; to test again, move the ticket to ToDo instead',
    )
    .option('--watch', 'follow it until it ends')
    .addHelpText('after', '\nExample:\n  lockkeeper retry DEVOPS-77 --failed-only --watch')
    .action(async (typed: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RetryOptions>();
      end(await runInSession(options, (session) => retry(session, typed, options)));
    });
}

async function retry(session: Session, typed: string, { watch }: RetryOptions): Promise<ExitCode> {
  const { config, temporal, output } = session;
  const ticket = await readJiraTicket(config, parseTicketArgument(typed, config.jira.sites));
  await requireTemporal(session);
  const start = toRetryStart(config, ticket);
  const { workflowId } = start;
  if (!(await createTemporalStarter(temporal.client).start(start)))
    throw new CliError(exitCodes.failed, `${ticket.key} runs already`, 'Follow it with: lockkeeper watch.');
  const link = `${runLinkBase(config)}${encodeURIComponent(workflowId)}`;
  output.print({ workflowId, ticket: ticket.key, link }, [`Retry of ${ticket.key}: ${workflowId}`, link]);
  return watch === true ? followPromotion(session, workflowId) : exitCodes.ok;
}
