import type { ModalView } from '@slack/web-api';
import type { ButtonAction } from '../../activities/slack/request-buttons.ts';
import { cutMrkdwn } from '../../activities/slack/notice.ts';
import type { Remembered } from './schema.ts';

/** Slack allows 24 characters. */
const titles: Readonly<Record<ButtonAction, string>> = {
  lk_approve: 'Approve (high risk)',
  lk_reject: 'Reject',
  lk_info: 'Ask for information',
  lk_revoke: 'Revoke',
  lk_thaw: 'Lift the freeze',
  lk_override: 'Allow an exception',
};
const labels: Readonly<Partial<Record<ButtonAction, string>>> = { lk_info: 'What do you need to know?' };

/** As much as a decision carries in its envelope. */
const longestReason = 1_000;

/**
 * Asks for the reason of a decision.
 * @param shown the text of the request's message: escaped when it was made
 */
export function toReasonModal(action: ButtonAction, remembered: Remembered, shown: string): ModalView {
  const text = cutMrkdwn(shown.trim(), 2_900);
  return {
    type: 'modal',
    callback_id: action,
    private_metadata: JSON.stringify(remembered),
    title: { type: 'plain_text', text: titles[action] },
    submit: { type: 'plain_text', text: 'Send' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      ...(text === ''
        ? []
        : [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text, verbatim: true } }]),
      {
        type: 'input',
        block_id: 'reason',
        label: { type: 'plain_text', text: labels[action] ?? 'Reason' },
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          min_length: 1,
          max_length: longestReason,
        },
      },
    ],
  };
}

/** Shown at the field, the modal stays open. */
export function toModalError(text: string) {
  return { response_action: 'errors' as const, errors: { reason: text.slice(0, 300) } };
}
