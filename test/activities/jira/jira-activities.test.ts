import assert from 'node:assert/strict';
import { createJiraActivities } from '../../../activities/jira/activities.ts';
import type { JiraPort } from '../../../activities/jira/port.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { asActivityOf, ticket } from '../../support/jira-site.ts';
import { viewOf, workflowId } from './decision-site.ts';

const publication = {
  account: 'prod-a',
  version: '1',
  sha256: 'a',
  s3VersionId: 'o',
  manifestVersionId: 'm',
};
const good = {
  askOnTicket: { ...ticket, view: viewOf() },
  attestDecisions: { ...ticket, requestId: 'r', groups: ['security'] },
  recordPublications: { ...ticket, workflowId, publications: [publication] },
  readPublications: { site: 'acme', key: 'DEVOPS-24' },
  createTicket: {
    site: 'acme',
    key: 'k',
    issueType: 'Task',
    summary: 's',
    body: [paragraph('x')],
    labels: ['a'],
  },
};
const answers = {
  askOnTicket: { commentId: '9', created: true },
  attestDecisions: { envelopes: ['e'], ignored: [] },
  recordPublications: undefined,
  readPublications: [publication],
  createTicket: { issueId: '1', ticket: 'DEVOPS-1', created: true },
};
type Verb = keyof typeof good;
const verbs = Object.keys(good) as Verb[];

const wrong: [Verb, object, RegExp][] = [
  ['askOnTicket', { issueId: '../1' }, /issueId: Jira’s numeric issue id/],
  ['askOnTicket', { view: undefined }, /view: /],
  ['askOnTicket', { view: { ...viewOf(), evidenceDigest: 'short' } }, /view\.evidenceDigest: SHA-256, hex/],
  ['askOnTicket', { view: { ...viewOf(), evidence: { title: 'x' } } }, /view\.evidence\.facts: /],
  ['attestDecisions', { requestId: '' }, /requestId: /],
  ['attestDecisions', { groups: 'security' }, /groups: /],
  ['recordPublications', { publications: [{}] }, /publications\.0\.account: /],
  ['recordPublications', { publications: [] }, /publications: /],
  ['readPublications', { key: 'DEVOPS-24/../../user' }, /key: a ticket’s key/],
  ['readPublications', { key: '10024' }, /key: a ticket’s key/],
  ['createTicket', { labels: ['a b'] }, /labels\.0: a label without blanks/],
  ['createTicket', { body: [] }, /body: /],
  ['createTicket', { key: 'k'.repeat(10_001) }, /key: /],
];

describe('jira activities: decisions, publications and tickets', () => {
  const handed: unknown[] = [];
  const port = Object.fromEntries(
    verbs.map((verb) => [verb, async (input: unknown) => (handed.push(input), answers[verb])]),
  ) as unknown as JiraPort;
  const activities = createJiraActivities(port) as unknown as Record<
    Verb,
    (input: unknown) => Promise<unknown>
  >;

  for (const verb of verbs)
    it(`${verb} hands its input on as it is, with what this check does not know`, async () => {
      const input = { ...good[verb], further: 1 };
      assert.deepEqual(await asActivityOf(workflowId, () => activities[verb](input)), answers[verb]);
      assert.equal(handed.at(-1), input);
    });

  for (const [verb, changes, fault] of wrong)
    it(`${verb} refuses ${Object.keys(changes).join()}: ${fault.source}`, async () => {
      const failure = await assertFails(
        () => activities[verb]({ ...good[verb], ...changes }),
        'InvalidInput',
      );
      assert.match(failure.message, fault);
    });
});
