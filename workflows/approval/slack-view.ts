import { condition } from '@temporalio/workflow';
import type { SlackMessageRef, SlackPort } from '../../activities/slack/port.ts';
import type { Courier } from './courier.ts';
import { detach } from './detach.ts';
import type { ReminderTarget, RequestView } from './messages.ts';
import { isSameView } from './view.ts';

export interface SlackViewOptions {
  readonly slack: SlackPort;
  readonly courier: Courier;
  readonly view: () => RequestView;
  readonly isOpen: () => boolean;
  /** No decision is on its way to be counted: two that came together make one update. */
  readonly quiet: () => boolean;
}

interface Reminder {
  readonly key: string;
  readonly to: ReminderTarget;
}

/** One request's message. Only the newest state is shown: what changed while Slack was down becomes one update. */
export interface SlackView {
  changed(): void;
  /** Those that could not be told before become one. */
  remind(reminder: Reminder): void;
  /** Nothing is left to show, or Slack refuses it for good. */
  upToDate(): boolean;
}

export function createSlackView({ slack, courier, view, isOpen, quiet }: SlackViewOptions): SlackView {
  let message: SlackMessageRef | null = null;
  let shown: RequestView | undefined;
  let changes = 0;
  let shownChanges = 0;
  let due: readonly Reminder[] = [];
  let working = false;

  function wake() {
    // a first post may have arrived although its answer was lost: only Temporal's own repeat looks for it
    if (message !== null) courier.supersede();
    if (working) return;
    working = true;
    detach(work);
  }

  async function work() {
    for (;;) {
      await condition(quiet);
      if (!isOpen()) due = [];
      if (shownChanges !== changes) await show();
      else if (due.length > 0 && message !== null) await tell(message, due);
      else break;
    }
    working = false;
  }

  /** In the channel: posted once (Slack's metadata carries the key, a repeat looks for it), then updated in place. */
  async function show() {
    const seen = changes;
    const now = view();
    if (message !== null && shown && isSameView(now, shown)) {
      shownChanges = seen;
      return;
    }
    const end = await courier.deliver(async () => {
      message = await slack.showRequest({ view: now, message });
    });
    if (end === 'delivered') {
      shown = now;
      shownChanges = seen;
    }
    const tried = changes;
    if (end === 'failed') await courier.rest(() => changes !== tried);
  }

  async function tell(where: SlackMessageRef, reminders: readonly Reminder[]) {
    const last = reminders.at(-1);
    if (!last) return;
    const missed = reminders.length - 1;
    const end = await courier.deliver(() =>
      slack.remind({ key: last.key, view: view(), message: where, to: last.to, missed }),
    );
    // refused for good: the next rung of the ladder reaches others
    if (end !== 'superseded') due = due.slice(reminders.length);
  }

  return {
    changed() {
      changes += 1;
      wake();
    },
    remind(reminder) {
      due = [...due, reminder];
      wake();
    },
    upToDate: () => courier.resting() || (shownChanges === changes && due.length === 0),
  };
}
