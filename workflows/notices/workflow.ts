import { setHandler, setWorkflowOptions, upsertSearchAttributes } from '@temporalio/workflow';
import { versioned } from '../shared/versioning.ts';
import type { SlackPort } from '../../activities/slack/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { createPatience } from '../shared/patience.ts';
import { attributes } from '../shared/search-attributes.ts';
import { resumeNotice, type Notice } from './messages.ts';

/**
 * Delivers one plain notice to its Slack channels and ends. It waits for as long as Slack is down; whoever asked for the
 * notice does not. Signal: `resume` (an operator), after a failure that a person had to mend.
 */
export async function deliverNotice(notice: Notice): Promise<void> {
  const patience = createPatience((code) =>
    upsertSearchAttributes([{ key: attributes.waitingOn, value: code || null }]),
  );
  setHandler(resumeNotice, () => patience.resume());
  upsertSearchAttributes([{ key: attributes.process, value: 'notice' }]);
  const slack = activitiesOf<SlackPort>('slack', 'write');
  const { channels, key, ...text } = notice;
  for (const channel of channels)
    await patience.call('slack', () => slack.postNotice({ ...text, channel, key: `${key}-${channel}` }));
}

setWorkflowOptions(versioned('PINNED'), deliverNotice);
