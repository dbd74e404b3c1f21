import type {
  CountedDecision,
  Quorum,
  RequestView,
  RequestState,
} from '../../workflows/approval/messages.ts';
import { cutMrkdwn, escapeMrkdwn } from './notice.ts';

/** Sentences of a request's message, in mrkdwn. External text stays on one line, so that it cannot pose as a line of ours. */

const heads: Readonly<Record<RequestState, string>> = {
  open: ':hourglass_flowing_sand: Waiting for a decision',
  'info-requested': ':grey_question: Information was asked for; the clock stands still',
  approved: ':white_check_mark: Approved',
  committed: ':white_check_mark: Approved',
  rejected: ':no_entry: Rejected',
  expired: ':alarm_clock: Expired: nobody decided in time',
  void: ':wastebasket: Void: what was shown is not true any more',
};

/** Of “was this you?”, which nobody approves. */
const answers: Readonly<Partial<Record<RequestState, string>>> = {
  open: ':question: Waiting for an answer',
  approved: ':white_check_mark: It is known',
  committed: ':white_check_mark: It is known',
  rejected: ':rotating_light: It was not them',
  expired: ':alarm_clock: Nobody answered in time',
};

const longestReason = 300;

/** The state in one sentence. */
export function describeState({ state, overridden, evidence }: RequestView): string {
  if (overridden && (state === 'approved' || state === 'committed'))
    return ':rotating_light: Overridden (break-glass); a review must follow';
  if (evidence.kind === 'freeze-hold' && state === 'open') return ':snowflake: Held until it is lifted';
  return (evidence.kind === 'secret-question' ? answers[state] : undefined) ?? heads[state];
}

/** `still missing: 1 of security, 2 of release`; undefined when nothing is. */
export function describeMissing({ state, missing }: RequestView): string | undefined {
  if ((state !== 'open' && state !== 'info-requested') || missing.length === 0) return undefined;
  return `still missing: ${missing.map(describeSeat).join(', ')}`;
}

function describeSeat({ group, count }: Quorum): string {
  return `${count} of ${escapeMrkdwn(group)}`;
}

/** `dana (for lee) approved by slack at <time>: reason` */
export function describeDecision({
  principal,
  actingFor,
  verb,
  via,
  at,
  reason,
  choice,
}: CountedDecision): string {
  const who = `*${oneLine(principal)}*${actingFor === null ? '' : ` (for ${oneLine(actingFor)})`}`;
  const why = reason === null ? '' : `: ${cutMrkdwn(oneLine(reason), longestReason)}`;
  const chosen = choice === undefined ? '' : ` (${oneLine(choice)})`;
  return `• ${who} ${pastTense[verb]}${chosen} by ${via}, ${toSlackDate(at)}${why}`;
}

const pastTense: Readonly<Record<CountedDecision['verb'], string>> = {
  approve: 'approved',
  reject: 'rejected',
  'request-info': 'asked for information',
  revoke: 'revoked',
  override: 'overrode',
  hold: 'set a hold',
  steal: 'freed the turn',
};

/** In the reader's own time zone; where Slack cannot do that, in UTC. @param iso ISO 8601 UTC */
export function toSlackDate(iso: string): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return oneLine(iso);
  const plain = `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(ms / 1000)}^{date_short_pretty} {time}|${plain}>`;
}

export function oneLine(text: string): string {
  return escapeMrkdwn(text).replace(/\s+/g, ' ').trim();
}
