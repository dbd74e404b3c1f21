import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { runLinkBase } from '../../config/promotion-policy.ts';
import type { ExitCode } from './exit-codes.ts';
import { findPromotion } from './find-promotion.ts';
import { describeEnd, describeWaiting, exitCodeOf } from './promotion-words.ts';
import { viewPromotion, type PromotionView } from './promotion-view.ts';
import { runInSession, type GlobalOptions, type Session } from './session.ts';

const pollMs = 1_000;

export function addWatch(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('watch')
    .description('follow a promotion until it ends; the exit code tells how')
    .argument('<ticket>', 'key, URL, numeric id or workflow id')
    .addHelpText('after', '\nExamples:\n  lockkeeper watch DEVOPS-77\n  lockkeeper watch DEVOPS-77 --json')
    .action(async (typed: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      end(
        await runInSession(options, async (session) =>
          followPromotion(session, await findPromotion(session, typed)),
        ),
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

function toLine(view: PromotionView): string {
  if (view.end) return describeEnd(view.end);
  const step = view.report?.steps.find(({ state }) => state === 'running')?.name ?? view.phase;
  return `${step}: ${describeWaiting(view)}`;
}
