import assert from 'node:assert/strict';
import { asForm, danaId, teamId, type SlackWorld } from './slack-world.ts';

/** The button's value as activities/slack/request-buttons.ts writes it. */
export const value = {
  w: 'agent-promotion:main:10077',
  r: 'request-1',
  d: 'd'.repeat(64),
  p: 'production@3',
  k: 'normal',
};

export interface ClickChanges {
  readonly action?: string;
  readonly value?: object | string;
  readonly actionTs?: string;
  readonly user?: object;
  readonly team?: object | null;
  readonly responseUrl?: string | undefined;
}

/** Slack's documented form of a click (contracts §2.4). */
export function click(slackUrl: string, changes: ClickChanges = {}) {
  const {
    action = 'lk_approve',
    actionTs = '1793785010.123456',
    user = {},
    team = { id: teamId, domain: 'acme' },
  } = changes;
  const given = changes.value ?? value;
  return {
    type: 'block_actions',
    user: { id: danaId, username: 'mia', name: 'mia', team_id: teamId, ...user },
    api_app_id: 'A0AAAAAAA',
    token: 'deprecated-verification-token',
    container: {
      type: 'message',
      message_ts: '1793784980.000200',
      channel_id: 'C0AAAAAAA',
      is_ephemeral: false,
    },
    trigger_id: '13345224609.738474920.8088930838d88f008e0',
    team,
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: 'C0AAAAAAA', name: 'sec-approvals' },
    message: { type: 'message', text: 'Publish agent 1.4.2', user: 'U0BOTAAAA', ts: '1793784980.000200' },
    state: { values: {} },
    ...('responseUrl' in changes ? {} : { response_url: `${slackUrl}/respond` }),
    actions: [
      {
        action_id: action,
        block_id: 'b',
        type: 'button',
        text: { type: 'plain_text', text: 'Approve' },
        value: typeof given === 'string' ? given : JSON.stringify(given),
        action_ts: actionTs,
      },
    ],
  };
}

export const remembered = {
  ...{ w: value.w, r: value.r, d: value.d, p: value.p },
  channel: 'C0AAAAAAA',
  message_ts: '1793784980.000200',
};

export function submission(
  reason: string | null,
  changes: { callback?: string; user?: object; remembered?: object } = {},
) {
  return {
    type: 'view_submission',
    team: { id: teamId, domain: 'acme' },
    user: { id: danaId, username: 'mia', name: 'mia', team_id: teamId, ...changes.user },
    api_app_id: 'A0AAAAAAA',
    trigger_id: '13345224609.738474920.8088930838d88f009e1',
    view: {
      id: 'V0AAAAAAA',
      team_id: teamId,
      type: 'modal',
      blocks: [],
      private_metadata: JSON.stringify({ ...remembered, ...changes.remembered }),
      callback_id: changes.callback ?? 'lk_reject',
      state: { values: { reason: { text: { type: 'plain_text_input', value: reason } } } },
      hash: '1793785011.abcdef',
    },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  };
}

export function slash(
  slackUrl: string,
  text: string,
  changes: Readonly<Record<string, string>> = {},
): string {
  return new URLSearchParams({
    team_id: teamId,
    channel_id: 'C0AAAAAAA',
    user_id: danaId,
    user_name: 'mia',
    command: '/lockkeeper',
    text,
    response_url: `${slackUrl}/respond`,
    trigger_id: '398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    ...changes,
  }).toString();
}

/** What the gateway is told of `click`. */
export const said = {
  workflowId: value.w,
  requestId: value.r,
  evidenceDigest: value.d,
  policy: value.p,
  verb: 'approve',
  principal: 'dana',
  via: 'slack',
  sourceEventId: `${teamId}:${danaId}:1793785010.123456`,
  reason: null,
};
/** One click. */
export const press = (world: SlackWorld, changes: Parameters<typeof click>[1] = {}) =>
  world.post(asForm(click(world.slackUrl, changes)));
export const outage = () => Promise.reject(new Error('14 UNAVAILABLE: 10.0.0.7'));

/** Answers when the test says so, whether it has been asked by then or not. */
export function hangingGateway() {
  let fail: (error: Error) => void = () => {};
  const answer = new Promise<void>((_resolve, reject) => (fail = reject));
  answer.catch(() => {});
  return { gateway: () => answer, fail: (error: Error) => fail(error) };
}

/** One slash command. @returns the text of the answer */
export const type = async (world: SlackWorld, text: string, changes = {}) => {
  const { statusCode, body } = await world.post(slash(world.slackUrl, text, changes));
  assert.equal(statusCode, 200);
  return body === '' ? '' : (JSON.parse(body) as { text: string; response_type: string }).text;
};
