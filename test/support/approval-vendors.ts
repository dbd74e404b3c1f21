import type { JiraPort } from '../../activities/jira/port.ts';
import type { SlackPort } from '../../activities/slack/port.ts';
import type { ReminderTarget, RequestView } from '../../workflows/approval/messages.ts';
import { createFailure, type FailureType } from '../../workflows/shared/failures.ts';

type Verbs = 'showRequest' | 'remind' | 'tellRefusal' | 'tellPerson';
type JiraVerbs = 'askOnTicket' | 'attestDecisions' | 'commentTicket';

/** Slack and Jira as a request sees them: what they were asked, and how they fail. */
export interface ApprovalVendors {
  readonly slack: {
    /** Every call fails so while it is set. */
    failing: FailureType | undefined;
    readonly port: Pick<SlackPort, Verbs>;
    posts: number;
    readonly shown: RequestView[];
    readonly reminders: { readonly key: string; readonly to: ReminderTarget; readonly missed: number }[];
    readonly refusals: { readonly principal: string; readonly text: string }[];
    readonly told: { readonly key: string; readonly person: string; readonly title: string }[];
  };
  readonly jira: {
    failing: FailureType | undefined;
    readonly port: Pick<JiraPort, JiraVerbs>;
    readonly asked: RequestView[];
    readonly comments: string[];
    /** Attested answers on the ticket. */
    envelopes: readonly string[];
    reads: number;
  };
  /** Overdue reviews of whoever asks; undefined: nobody can tell. */
  overdue: readonly string[] | undefined;
}

export function createApprovalVendors(): ApprovalVendors {
  return { slack: createSlack(), jira: createJira(), overdue: [] };
}

function createSlack(): ApprovalVendors['slack'] {
  const slack: ApprovalVendors['slack'] = {
    failing: undefined,
    posts: 0,
    shown: [],
    reminders: [],
    refusals: [],
    told: [],
    port: {
      async showRequest({ view, message }) {
        failIf(slack.failing);
        if (message === null) slack.posts += 1;
        slack.shown.push(view);
        return { channelId: 'C1', ts: '1.0' };
      },
      async remind({ key, to, missed }) {
        failIf(slack.failing);
        slack.reminders.push({ key, to, missed });
      },
      async tellRefusal({ principal, text }) {
        failIf(slack.failing);
        slack.refusals.push({ principal, text });
      },
      async tellPerson({ key, person, title }) {
        failIf(slack.failing);
        slack.told.push({ key, person, title });
        return { told: true };
      },
    },
  };
  return slack;
}

function createJira(): ApprovalVendors['jira'] {
  const jira: ApprovalVendors['jira'] = {
    failing: undefined,
    asked: [],
    comments: [],
    envelopes: [],
    reads: 0,
    port: {
      async askOnTicket({ view }) {
        failIf(jira.failing);
        jira.asked.push(view);
        return { commentId: '1', created: true };
      },
      async attestDecisions() {
        failIf(jira.failing);
        jira.reads += 1;
        return { envelopes: jira.envelopes, ignored: [] };
      },
      async commentTicket({ key, body }) {
        failIf(jira.failing);
        jira.comments.push(JSON.stringify(body));
        return { commentId: key, created: true };
      },
    },
  };
  return jira;
}

function failIf(type: FailureType | undefined) {
  if (type) throw createFailure(type, `it is ${type}`);
}
