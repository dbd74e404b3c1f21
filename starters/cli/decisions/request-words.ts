import type { CountedDecision, RequestView } from '../../../workflows/approval/messages.ts';
import { describeSeats } from '../../../workflows/approval/ledger.ts';

/** A request as people read it before they decide: the same evidence as in Slack and on the ticket. */
export function toRequestLines(view: RequestView): string[] {
  const { evidence, policy } = view;
  const facts = [
    ...evidence.facts.map(({ label, value }) => [label, value] as const),
    ...evidence.links.map(({ label, href }) => [label, href] as const),
    ...(evidence.choices ?? []).map(({ id, label }) => [`--choose ${id}`, label] as const),
    ['Asked by', evidence.requester ?? 'nobody in particular'] as const,
    ['State', view.overridden ? `${view.state}, overridden` : view.state] as const,
    ...view.decisions.map((decision) => ['Decided', describeDecision(decision)] as const),
    ...(view.missing.length > 0 ? [['Missing', describeSeats(view.missing)] as const] : []),
    ...(view.note === null ? [] : [['Note', view.note] as const]),
    ['Due', describeDue(view)] as const,
    ...(view.revocable === null ? [] : [['Revocable', view.revocable] as const]),
    ['Rules', `${policy.name}@${policy.version}, risk ${policy.risk}`] as const,
    ['Request', `${view.requestId}, digest ${view.evidenceDigest.slice(0, 12)}…`] as const,
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  return [evidence.title, ...facts.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`)];
}

function describeDecision({ principal, actingFor, verb, via, at, reason, choice }: CountedDecision): string {
  const who = actingFor === null ? principal : `${principal} for ${actingFor}`;
  const chosen = choice === undefined ? '' : ` (${choice})`;
  return `${verb}${chosen} by ${who} via ${via} at ${at}${reason === null ? '' : `: ${reason}`}`;
}

function describeDue({ deadline, state }: RequestView): string {
  if (deadline !== null) return deadline;
  return state === 'open' || state === 'info-requested' ? 'the clock stands still' : 'it is settled';
}
