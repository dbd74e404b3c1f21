import type { Command } from 'commander';
import { z } from 'zod';
import { toRollbackStart } from '../../activities/temporal/start-promotion.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { principalOfJira } from '../../config/people.ts';
import { runLinkBase } from '../../config/promotion-policy.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { readJiraTicket } from './jira-ticket.ts';
import { requireTemporal, runInSession, type GlobalOptions, type Session } from './session.ts';
import { parseTicketArgument } from './ticket-argument.ts';
import { openJira } from './vendors.ts';

interface RollbackOptions extends GlobalOptions {
  readonly reason: string;
  readonly to?: string;
}

export function addRollback(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('rollback')
    .description(
      'take a promotion back, once people have approved it: the manifests name the former version again',
    )
    .argument('<ticket>', 'key, URL or numeric id of the promotion’s ticket')
    .requiredOption('--reason <text>', 'why; it is shown to whoever approves')
    .option('--to <version>', 'the version to go back to; left out: the one before')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper rollback DEVOPS-77 --reason "agent 1.5.0 loses logs"\n  lockkeeper rollback DEVOPS-77 --to 1.3.0 --reason "1.4 and 1.5 lose logs"',
    )
    .action(async (typed: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RollbackOptions>();
      end(await runInSession(options, (session) => rollBack(session, typed, options)));
    });
}

async function rollBack(session: Session, typed: string, { reason, to }: RollbackOptions): Promise<ExitCode> {
  const { config, temporal, output } = session;
  if (config.processes.promotion.rollback === undefined)
    throw new CliError(
      exitCodes.usage,
      'processes.promotion.rollback names no approval: nobody can roll back',
      'Name one of approvals there.',
    );
  const ticket = await readJiraTicket(config, parseTicketArgument(typed, config.jira.sites));
  const requester = await whoAmI(session, ticket.site);
  await requireTemporal(session);
  const asked = { reason, requester, requestedAt: new Date().toISOString() };
  const start = toRollbackStart(config, ticket, to === undefined ? asked : { ...asked, toVersion: to });
  const { workflowId } = start;
  if (!(await createTemporalStarter(temporal.client).start(start)))
    throw new CliError(exitCodes.failed, `a rollback of ${ticket.key} runs already: ${workflowId}`);
  const link = `${runLinkBase(config)}${encodeURIComponent(workflowId)}`;
  output.print({ workflowId, ticket: ticket.key, requester, link }, [
    `Rollback of ${ticket.key} waits for approval: ${workflowId}`,
    link,
  ]);
  return exitCodes.ok;
}

/** Who asks cannot approve: taken from the operator's own Jira account. */
async function whoAmI({ config }: Session, siteName: string): Promise<string> {
  const site = config.jira.sites.find(({ name }) => name === siteName);
  if (!site) throw new CliError(exitCodes.usage, `no Jira site "${siteName}" in the configuration`);
  const Myself = z.object({ accountId: z.string() });
  const { accountId } = await openJira(config, site).get('read who I am', '/rest/api/3/myself', Myself);
  return principalOfJira(config, accountId) ?? `jira:${accountId}`;
}
