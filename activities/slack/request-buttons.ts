import type { Button } from '@slack/web-api';
import type { RequestView, Verb } from '../../workflows/approval/messages.ts';

/** What the buttons of a request say: action id → verb. The starter that takes the clicks reads the same table. */
export const buttonVerbs = {
  lk_approve: 'approve',
  lk_reject: 'reject',
  lk_info: 'request-info',
  lk_revoke: 'revoke',
  /** Lifts a hold: approving the request of the hold. */
  lk_thaw: 'approve',
  /** An exception from a freeze. */
  lk_override: 'override',
} as const satisfies Readonly<Record<string, Verb>>;
export type ButtonAction = keyof typeof buttonVerbs;
/** Stands between the action and the id of a choice. */
export const choiceMark = ':';

/** What a click brings back, besides who clicked: at most 2,000 characters as JSON. */
export interface ButtonValue {
  /** Workflow id. */
  readonly w: string;
  /** Request id. */
  readonly r: string;
  /** Evidence digest: what was shown is what is decided. */
  readonly d: string;
  /** `<policy>@<version>` */
  readonly p: string;
  /** Risk: a high one is asked for a reason. */
  readonly k: 'normal' | 'high';
  /** The choice that this button stands for. */
  readonly c?: string;
}

const labels: Readonly<Record<ButtonAction, string>> = {
  lk_approve: 'Approve',
  lk_reject: 'Reject',
  lk_info: 'Ask for info',
  lk_revoke: 'Revoke',
  lk_thaw: 'Lift',
  lk_override: 'Allow exception',
};
const styles: Readonly<Partial<Record<ButtonAction, 'primary' | 'danger'>>> = {
  lk_approve: 'primary',
  lk_thaw: 'primary',
  lk_override: 'danger',
  lk_reject: 'danger',
};

/** None when the request is over, or its policy wants decisions elsewhere. */
export function toButtons(view: RequestView): Button[] {
  if (!view.policy.buttons) return [];
  const value = JSON.stringify(toButtonValue(view));
  return actionsOf(view).flatMap((action): Button[] => {
    const style = styles[action];
    const choices = action === 'lk_approve' ? toChoiceButtons(view) : [];
    if (choices.length > 0) return choices;
    const text = { type: 'plain_text' as const, text: labelOf(action, view) };
    return [{ type: 'button', action_id: action, text, value, ...(style ? { style } : {}) }];
  });
}

/** “Was this you?” is answered, not rejected. */
function labelOf(action: ButtonAction, { evidence }: RequestView): string {
  return evidence.kind === 'secret-question' && action === 'lk_reject' ? 'Not me' : labels[action];
}

/** One for each way to approve; Slack wants every action id of a message to be another one. */
function toChoiceButtons(view: RequestView): Button[] {
  return (view.evidence.choices ?? []).map(({ id, label }) => ({
    type: 'button',
    action_id: `lk_approve${choiceMark}${id}`,
    text: { type: 'plain_text', text: label.slice(0, 75) },
    value: JSON.stringify({ ...toButtonValue(view), c: id }),
  }));
}

function actionsOf({ state, evidence, decisions, revocable }: RequestView): ButtonAction[] {
  const isOpen = state === 'open' || state === 'info-requested';
  const revoke = revocable !== null && decisions.length > 0 ? (['lk_revoke'] as const) : [];
  if (state === 'approved') return [...revoke];
  if (!isOpen) return [];
  if (evidence.kind === 'freeze-hold') return ['lk_thaw'];
  const approve = evidence.kind === 'freeze-override' ? 'lk_override' : 'lk_approve';
  return [approve, 'lk_reject', ...(state === 'open' ? (['lk_info'] as const) : []), ...revoke];
}

function toButtonValue({ workflowId, requestId, evidenceDigest, policy }: RequestView): ButtonValue {
  const { name, version, risk } = policy;
  return { w: workflowId, r: requestId, d: evidenceDigest, p: `${name}@${version}`, k: risk };
}
