import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { runLinkBase } from '../../config/promotion-policy.ts';
import type { ExitCode } from './exit-codes.ts';
import { changeLines, exitCodeOfChange, isChange, viewChange } from './change-words.ts';
import { findRun } from './find-run.ts';
import { describeEnd, describeWaiting, exitCodeOf } from './promotion-words.ts';
import { viewPromotion, type PromotionView } from './promotion-view.ts';
import { runInSession, type GlobalOptions, type Session } from './session.ts';

const pollMs = 1_000;

export function addWatch(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('watch')
    .description('follow a promotion or a change until it ends; the exit code tells how')
    .argument('<ticket>', 'key, URL, numeric id or workflow id')
    .addHelpText('after', '\nExamples:\n  lockkeeper watch DEVOPS-77\n  lockkeeper watch DEVOPS-77 --json')
    .action(async (typed: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      end(
        await runInSession(options, async (session) => {
          const workflowId = await findRun(session, typed);
          return isChange(workflowId)
            ? followChange(session, workflowId)
            : followPromotion(session, workflowId);
        }),
      );
    });
}

/** Prints a line with each change. A further round of the ticket is followed too: it has the same id. */
export async function followPromotion(session: Session, workflowId: string): Promise<ExitCode> {
  let shown = '';
  for (;;) {
    const view = await viewPromotion(session, workflowId, runLinkBase(session.config));
    const now = toLine(view);
    if (now !== shown) session.output.print(view, [`${new Date().toISOString()} ${now}`]);
    shown = now;
    if (view.end) return exitCodeOf(view.end);
    await sleep(pollMs);
  }
}

async function followChange(session: Session, workflowId: string): Promise<ExitCode> {
  let shown = '';
  for (;;) {
    const view = await viewChange(session, workflowId);
    const { text } = changeLines(view);
    if (text !== shown) session.output.print(view, [`${new Date().toISOString()} ${text}`]);
    shown = text;
    if (view.end) return exitCodeOfChange(view.end);
    await sleep(pollMs);
  }
}

function toLine(view: PromotionView): string {
  if (view.end) return describeEnd(view.end);
  const step = view.report?.steps.find(({ state }) => state === 'running')?.name ?? view.phase;
  return `${step}: ${describeWaiting(view)}`;
}
