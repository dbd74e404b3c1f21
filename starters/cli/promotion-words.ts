import { failureTypeOfCode } from './waiting-code.ts';
import { nextStep } from '../../workflows/shared/failures.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import type { PromotionEnd, PromotionView, RunView } from './promotion-view.ts';

/** How a promotion stands, in words: what people read and what scripts get as exit code. */

export function exitCodeOf(end: PromotionEnd): ExitCode {
  switch (end.outcome) {
    case 'done':
    case 'planned':
    case 'nothing-to-do':
      return exitCodes.ok;
    case 'info-needed':
      return exitCodes.infoNeeded;
    case 'failed':
    case 'run-failed':
      return exitCodes.promotionFailed;
    case 'stopped':
    case 'superseded':
    case 'run-ended':
      return exitCodes.stopped;
  }
}

export function describeEnd(end: PromotionEnd): string {
  switch (end.outcome) {
    case 'done':
      return `Agent ${end.version} is published to every production account.`;
    case 'nothing-to-do':
      return `There was nothing to do: the ticket was in ${end.statusName}.`;
    case 'info-needed':
      return `Agent-Version ${end.given === null ? 'is empty' : `"${end.given}" is not valid`} (format: x.x.x).`;
    case 'failed':
      return `It failed at "${end.step}": ${end.reason}`;
    case 'stopped':
      return `It was stopped: ${end.reason}`;
    case 'superseded':
      return `The newer request ${end.by} took its place.`;
    case 'planned':
      return `A dry run of now would end as: ${end.would}.`;
    case 'run-failed':
      return `The run itself failed: ${end.reason}`;
    case 'run-ended':
      return `The run was ended from outside: ${end.reason}`;
  }
}

export function describeWaiting({
  waitingOn,
  ahead,
  report,
}: Pick<RunView<unknown>, 'waitingOn' | 'ahead' | 'report'>): string {
  if (waitingOn === '') return report ? 'It is at work.' : 'No worker answers.';
  const type = failureTypeOfCode(waitingOn);
  const [kind = '', detail = ''] = waitingOn.split(':');
  if (type) return `It waits for ${kind}: ${type}.`;
  if (kind === 'turn')
    return `It waits for its turn${ahead.length > 0 ? ` behind ${ahead.join(', ')}` : ''}: one promotion runs at a time.`;
  if (kind === 'person') return `It waits for somebody of ${detail.split('+').join(' + ')}.`;
  if (kind === 'freeze') return 'It is held by a freeze: lockkeeper freeze --list.';
  if (kind === 'paused') return 'Somebody has paused it: lockkeeper resume.';
  if (kind === 'bake') return 'It waits for a wave to bake.';
  if (kind === 'pipeline') return 'It waits for the GitLab pipeline.';
  if (kind === 'instance') return 'It waits for the test instance.';
  return `It waits for ${waitingOn}.`;
}

/** What somebody should do now. */
export function describeNext(view: PromotionView): string {
  const { end } = view;
  if (!end) {
    const type = failureTypeOfCode(view.waitingOn);
    if (type) return nextStep(type);
    return view.report ? 'Nothing: it goes on by itself.' : 'Start a worker, or read its log.';
  }
  switch (end.outcome) {
    case 'done':
    case 'planned':
    case 'superseded':
      return 'Nothing.';
    case 'nothing-to-do':
      return 'Move the ticket to ToDo if it shall be promoted.';
    case 'info-needed':
      return 'Correct Agent-Version and move the ticket to ToDo.';
    case 'stopped':
      return 'Read the comment on the ticket; to promote it after all, move it to ToDo.';
    case 'failed':
      return end.resumable === null
        ? 'Mend the cause and move the ticket to ToDo: what is published already is left alone.'
        : 'Mend the cause, then: lockkeeper retry --failed-only publishes the tested bytes to what was left out; or move the ticket to ToDo.';
    default:
      return 'Mend the cause and move the ticket to ToDo: what is published already is left alone.';
  }
}
