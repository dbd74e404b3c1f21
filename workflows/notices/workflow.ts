import { isCancellation, setHandler, setWorkflowOptions, upsertSearchAttributes } from '@temporalio/workflow';
import { versioned } from '../shared/versioning.ts';
import type { SlackPort } from '../../activities/slack/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { createPatience } from '../shared/patience.ts';
import { attributes } from '../shared/search-attributes.ts';
import { resumeNotice, type Notice } from './messages.ts';

/**
 * Delivers one plain notice to its Slack channels and ends. It waits for as long as Slack is down; whoever asked for the
 * notice does not. A channel that refuses it does not keep it from the others. Signal: `resume` (an operator), after a failure that a person had to mend.
 */
export async function deliverNotice(notice: Notice): Promise<void> {
  const patience = createPatience((code) =>
    upsertSearchAttributes([{ key: attributes.waitingOn, value: code || null }]),
  );
  setHandler(resumeNotice, () => patience.resume());
  upsertSearchAttributes([{ key: attributes.process, value: 'notice' }]);
  const slack = activitiesOf<SlackPort>('slack', 'write');
  const { channels, people = [], key, ...text } = notice;
  const refused: unknown[] = [];
  for (const channel of channels)
    await orNote(() => slack.postNotice({ ...text, channel, key: `${key}-${channel}` }));
  for (const person of people)
    await orNote(() => slack.tellPerson({ ...text, person, key: `${key}-${person}` }));
  if (refused.length > 0) throw refused[0];

  async function orNote(act: () => Promise<unknown>) {
    try {
      await patience.call('slack', act);
    } catch (error) {
      if (isCancellation(error)) throw error;
      refused.push(error);
    }
  }
}

setWorkflowOptions(versioned('PINNED'), deliverNotice);
