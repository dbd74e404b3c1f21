import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createGitlabActivities } from '../../activities/gitlab/activities.ts';
import { createJiraActivities } from '../../activities/jira/activities.ts';
import type { JiraPort } from '../../activities/jira/port.ts';
import { createSlackActivities } from '../../activities/slack/activities.ts';
import { assertFails } from '../support/failing-vendor.ts';

const turn = { queueId: 'promotion-queue', workflowId: 'w', runId: 'r', token: 7 };
const ticket = { site: 'acme', issueId: '10024' };
const jira = {} as JiraPort;
const slackClient = {} as Parameters<typeof createSlackActivities>[0];
const gitlab = {} as Parameters<typeof createGitlabActivities>[0];

describe('activities', () => {
  const tickets = createJiraActivities(jira);

  it('name each wrong field of their input', async () => {
    const wrong = { site: '', issueId: '../10024' };
    const failure = await assertFails(() => tickets.readTicket(wrong), 'InvalidInput');
    assert.match(failure.message, /^readTicket: site: .*; issueId: /);
    await assertFails(() => tickets.readTicket(undefined as never), 'InvalidInput');
    await assertFails(() => tickets.commentTicket({ ...ticket, key: 'k', body: [] }), 'InvalidInput');
  });

  for (const [attempt, lookFirst] of [
    [1, false],
    [2, true],
  ] as const)
    it(`attempt ${attempt}: ${lookFirst ? 'look first' : 'no look'}`, async () => {
      const seen: unknown[] = [];
      const ensured = { pipelineId: 5, webUrl: '', adopted: false };
      const posted = { channelId: 'C1', ts: '1.2', posted: true };
      const gitlabActivities = createGitlabActivities({
        ...gitlab,
        ensurePipeline: async (input) => (seen.push(input.lookFirst), ensured),
      });
      const slack = createSlackActivities({
        ...slackClient,
        postNotice: async (input) => (seen.push(input.lookFirst), posted),
      });
      const environment = new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') });
      const order = { key: 'k', variables: {}, turn };
      await environment.run(() => gitlabActivities.ensurePipeline(order));
      const notice = { key: 'k', channel: 'soc', title: 't', lines: [], links: [] };
      await environment.run(() => slack.postNotice(notice));
      assert.deepEqual(seen, [lookFirst, lookFirst]);
    });
});
