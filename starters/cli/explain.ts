import type { Command } from 'commander';
import { runLinkBase } from '../../config/promotion-policy.ts';
import { nextStep } from '../../workflows/shared/failures.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { changeLines, isChange, viewChange } from './change-words.ts';
import { findRun } from './find-run.ts';
import { readLastFailure } from './last-failure.ts';
import { describeEnd, describeNext, describeWaiting } from './promotion-words.ts';
import { viewPromotion } from './promotion-view.ts';
import { runInSession, type GlobalOptions, type Session } from './session.ts';

export function addExplain(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('explain')
    .description('why a promotion or a change waits, or why it ended, and what to do about it')
    .argument('<ticket>', 'key, URL, numeric id or workflow id')
    .addHelpText('after', '\nExamples:\n  lockkeeper explain DEVOPS-77\n  lockkeeper explain 10077 --json')
    .action(async (typed: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      end(await runInSession(options, (session) => explain(session, typed)));
    });
}

async function explain(session: Session, typed: string): Promise<ExitCode> {
  const workflowId = await findRun(session, typed);
  if (isChange(workflowId)) return explainChange(session, workflowId);
  const view = await viewPromotion(session, workflowId, runLinkBase(session.config));
  const { end, ticket, link } = view;
  const hasFailed = end?.outcome === 'failed' || end?.outcome === 'run-failed';
  const failure = hasFailed ? await readLastFailure(session, view) : undefined;
  const why = end ? describeEnd(end) : describeWaiting(view);
  const next = failure ? `${nextStep(failure)} Then move the ticket to ToDo.` : describeNext(view);
  const accounts = end && 'accounts' in end ? end.accounts : [];
  session.output.print({ workflowId, ticket, why, next, failure: failure ?? null, accounts, link }, [
    `${ticket ?? workflowId}: ${why}`,
    ...accounts.map(({ account, state, detail }) => `  ${account}: ${state}${detail ? ` (${detail})` : ''}`),
    `Next: ${next}`,
    link,
  ]);
  return exitCodes.ok;
}

/** With every check that does not pass, and what would make it pass. */
async function explainChange(session: Session, workflowId: string): Promise<ExitCode> {
  const view = await viewChange(session, workflowId);
  const { text, checks, next } = changeLines(view);
  const { ticket, link } = view;
  session.output.print(
    { workflowId, ticket, why: text, checks: view.gate?.verdict?.checks ?? [], next, link },
    [`${ticket ?? workflowId}: ${text}`, ...checks, `Next: ${next}`, link],
  );
  return exitCodes.ok;
}
