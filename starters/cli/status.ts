import type { Command } from 'commander';
import { runLinkBase } from '../../config/promotion-policy.ts';
import { searchAttributeNames } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { changeLines, isChange, viewChange } from './change-words.ts';
import { findRun } from './find-run.ts';
import { toTable } from './output.ts';
import { describeEnd, describeWaiting } from './promotion-words.ts';
import { viewPromotion, type PromotionView, type RunView } from './promotion-view.ts';
import { requireTemporal, runInSession, type GlobalOptions, type Session } from './session.ts';

export function addStatus(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('status')
    .description('what runs now, or how one promotion or change stands')
    .argument('[ticket]', 'key, URL, numeric id or workflow id')
    .addHelpText('after', '\nExamples:\n  lockkeeper status\n  lockkeeper status DEVOPS-77 --json')
    .action(async (typed: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      end(
        await runInSession(options, (session) =>
          typed === undefined ? listRunning(session) : showPromotion(session, typed),
        ),
      );
    });
}

async function listRunning(session: Session): Promise<ExitCode> {
  const { temporal, output } = session;
  await requireTemporal(session);
  const query = `ExecutionStatus = "Running" AND ${searchAttributeNames.process} IS NOT NULL`;
  const runs = [];
  for await (const { workflowId, startTime, typedSearchAttributes: known } of temporal.client.workflow.list({
    query,
  }))
    runs.push({
      ticket: known.get(attributes.ticket) ?? '',
      process: known.get(attributes.process) ?? '',
      target: known.get(attributes.target) ?? '',
      phase: known.get(attributes.phase) ?? '',
      waitingOn: known.get(attributes.waitingOn) ?? '',
      since: startTime.toISOString(),
      workflowId,
    });
  const header = ['TICKET', 'PROCESS', 'TARGET', 'PHASE', 'WAITING ON', 'SINCE', 'WORKFLOW'];
  const lines =
    runs.length === 0 ? ['Nothing runs.'] : toTable([header, ...runs.map((run) => Object.values(run))]);
  output.print(runs, lines);
  return exitCodes.ok;
}

async function showPromotion(session: Session, typed: string): Promise<ExitCode> {
  const workflowId = await findRun(session, typed);
  if (isChange(workflowId)) return showChange(session, workflowId);
  const view = await viewPromotion(session, workflowId, runLinkBase(session.config));
  session.output.print(view, toLines(view));
  return exitCodes.ok;
}

async function showChange(session: Session, workflowId: string): Promise<ExitCode> {
  const view = await viewChange(session, workflowId);
  const { text, next } = changeLines(view);
  session.output.print(view, [...toSteps(view), text, `Next: ${next}`, view.link]);
  return exitCodes.ok;
}

const marks = { open: ' ', running: '>', done: '✓', failed: '✗', skipped: '-' } as const;

function toLines(view: PromotionView): string[] {
  return [...toSteps(view), view.end ? describeEnd(view.end) : describeWaiting(view), view.link];
}

function toSteps(view: RunView<unknown>): string[] {
  const { report } = view;
  const steps = (report?.steps ?? []).map(
    ({ name, state, note }) => `  ${marks[state]} ${name}${note ? ` (${note})` : ''}`,
  );
  const silent = view.running && !report ? ['(from the search attributes: no worker answers the query)'] : [];
  return [
    `${view.ticket ?? view.workflowId}${report?.target ? `: ${report.target}` : ''}`,
    ...silent,
    ...steps,
  ];
}
