import { WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { toApprovalPolicy } from '../../config/approval-policy.ts';
import { digestOf } from '../../config/canonical-json.ts';
import { line, type QueueHolder } from '../../workflows/promotion-queue/messages.ts';
import { promotionQueueId } from '../../workflows/shared/names.ts';
import { CliError } from './cli-error.ts';
import { toHelp } from './decide.ts';
import { confirm, ownTerminal, type Terminal } from './decisions/confirm.ts';
import { sayDecision } from './decisions/say-decision.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { requireTemporal, runInSession, type GlobalOptions, type Session } from './session.ts';

interface StealOptions extends GlobalOptions {
  readonly reason: string;
  readonly yes?: boolean;
}

export function addSteal(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('steal')
    .description(
      'free the turn from the promotion that holds it: its next write is refused, and the next in line goes on',
    )
    .requiredOption('--reason <text>', 'why')
    .option('--yes', 'do not ask whether you mean it')
    .addHelpText('after', toHelp(['steal --reason "its pipeline hangs since noon"']))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<StealOptions>();
      end(await runInSession(options, (session) => steal(session, options)));
    });
}

export async function steal(
  session: Session,
  { reason, yes }: Pick<StealOptions, 'reason' | 'yes'>,
  terminal: Terminal = ownTerminal(),
): Promise<ExitCode> {
  const { config, output } = session;
  const { steal: approval } = config.processes.promotion;
  if (approval === undefined)
    throw new CliError(
      exitCodes.usage,
      'processes.promotion.steal names no approval: nobody can free the turn',
      'Name one of approvals there.',
    );
  if (reason.trim() === '')
    throw new CliError(exitCodes.usage, 'steal needs a reason', 'Say why with --reason.');
  await requireTemporal(session);
  const { ticket, workflowId, runId, token, grantedAt } = await readHolder(session);
  if (!output.json) output.print(null, [`${ticket} (${workflowId}) has the turn since ${grantedAt}.`]);
  await confirm('Free it?', yes === true, terminal);
  const { name, version } = toApprovalPolicy(config, approval);
  return sayDecision(session, {
    ...{ workflowId: promotionQueueId, verb: 'steal', reason: reason.trim() },
    // of this very turn: when it has passed on meanwhile, nothing is taken from anybody
    requestId: `turn:${token}`,
    evidenceDigest: digestOf({ workflowId, runId, token }),
    policy: `${name}@${version}`,
  });
}

const queryDeadlineMs = 3_000;

async function readHolder({ temporal: { client } }: Session): Promise<QueueHolder> {
  const handle = client.workflow.getHandle(promotionQueueId);
  const state = await client
    .withDeadline(Date.now() + queryDeadlineMs, () => handle.query(line))
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return { holder: null };
      throw new CliError(
        exitCodes.unavailable,
        'no worker answers, so that the turn cannot be shown',
        'Start a worker.',
      );
    });
  if (state.holder) return state.holder;
  throw new CliError(exitCodes.notFound, 'nobody has the turn', 'There is nothing to free.');
}
