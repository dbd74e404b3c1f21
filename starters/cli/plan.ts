import type { TicketToPromote } from '../../activities/temporal/start-promotion.ts';
import { toPlanStart } from '../../activities/temporal/start-promotion.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { PlannedWrite, PromotionOutcome } from '../../workflows/agent-promotion/messages.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { toTable } from './output.ts';
import type { Session } from './session.ts';

/** Runs the promotion with recorders instead of writes, and prints what was recorded, per system. */
export async function printPlan(
  { config, temporal, output }: Session,
  ticket: TicketToPromote,
): Promise<ExitCode> {
  const start = toPlanStart(config, ticket);
  await createTemporalStarter(temporal.client).start(start);
  const outcome = (await temporal.client.workflow.getHandle(start.workflowId).result()) as PromotionOutcome;
  if (outcome.outcome !== 'planned')
    throw new CliError(exitCodes.failed, `the dry run ended as ${outcome.outcome}`);
  const { writes, would } = outcome;
  output.print({ ticket: ticket.key, would, writes, dryRun: true }, toLines(ticket.key, writes, would));
  return exitCodes.ok;
}

function toLines(key: string, writes: readonly PlannedWrite[], would: string): string[] {
  const rows = writes.map(({ system, write, detail }, index) => [String(index + 1), system, write, detail]);
  return [
    `Dry run of ${key}: nothing was written. It would end as "${would}", with ${writes.length} writes:`,
    ...toTable(rows),
    'Pipeline, test instance and approvals were taken to go well.',
  ];
}
