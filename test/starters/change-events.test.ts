import assert from 'node:assert/strict';
import { decideChangeEvent, intake, type ChangeScope } from '../../starters/webhooks/jira/changes.ts';
import { decideCodeEvent, takeCodeEvent } from '../../starters/webhooks/gitlab/changes.ts';
import { configOf, exampleYaml } from '../config/example-config.ts';
import { createTemporalDouble } from './temporal-double.ts';

const scope: ChangeScope = { site: 'main', project: 'PRODCM', botAccountId: 'bot' };
const issue = { id: '10100', key: 'PRODCM-7', fields: {} };

describe('events of change tickets', () => {
  const created = { webhookEvent: 'jira:issue_created', user: { accountId: 'sam' }, issue };
  const commented = {
    webhookEvent: 'comment_created',
    comment: { author: { accountId: 'sue' } },
    issue,
  };
  const cases: readonly [string, unknown, string | undefined][] = [
    ['a creation', created, 'intake'],
    ['an update', { ...created, webhookEvent: 'jira:issue_updated' }, 'intake'],
    ['a deletion', { ...created, webhookEvent: 'jira:issue_deleted' }, 'intake'],
    ['a comment', commented, 'intake'],
    ['an edited comment', { ...commented, webhookEvent: 'comment_updated' }, 'intake'],
    ['a deleted comment', { ...commented, webhookEvent: 'comment_deleted' }, 'ignore'],
    ['another event', { ...created, webhookEvent: 'worklog_created' }, 'ignore'],
    ['our own update', { ...created, user: { accountId: 'bot' } }, 'ignore'],
    ['our own comment', { ...commented, comment: { author: { accountId: 'bot' } } }, 'ignore'],
    ['an id that is no number', { ...created, issue: { ...issue, id: 'x' } }, 'malformed'],
    ['another project', { ...created, issue: { ...issue, key: 'DEVOPS-7' } }, undefined],
    ['a project that begins alike', { ...created, issue: { ...issue, key: 'PRODCMX-7' } }, undefined],
    ['no key', { ...created, issue: { id: '1' } }, undefined],
    ['no object', 'x', undefined],
  ];
  for (const [what, body, kind] of cases)
    it(`${what}: ${kind ?? 'not ours'}`, () => assert.equal(decideChangeEvent(body, scope)?.kind, kind));

  it('are not heard where the process is off', () => {
    assert.equal(decideChangeEvent(created, undefined), undefined);
  });

  it('start one pass per delivery, whose id the delivery is in', async () => {
    const temporal = createTemporalDouble();
    const context = { temporal, config: configOf(exampleYaml), secrets: {}, now: Date.now };
    const event = decideChangeEvent(created, scope);
    assert.ok(event);
    const [first, second] = [await intake(event, 'd1', context), await intake(event, 'd1', context)];
    assert.equal(first.workflowId, second.workflowId);
    assert.deepEqual(
      temporal.started.map(({ start }) => [start.workflowType, start.input]),
      [['changeIntake', { site: 'main', issueId: '10100' }]],
    );
    assert.notEqual((await intake(event, 'd2', context)).workflowId, first.workflowId);
  });
});

describe('events of code', () => {
  const project = { id: 52, path_with_namespace: 'shop/web' };
  const sha = 'a'.repeat(40);
  const merge = {
    object_kind: 'merge_request',
    project,
    object_attributes: { iid: 7, last_commit: { id: sha } },
  };
  const pipeline = (status: string) => ({ object_kind: 'pipeline', project, object_attributes: { status } });
  const job = (status: string) => ({ object_kind: 'build', project, build_status: status });
  const asked = { ...merge, external_approval_rule: { id: 3, name: 'Lockkeeper' } };
  const cases: readonly [string, unknown, string | undefined][] = [
    ['a merge request', merge, 'code'],
    ['a pipeline that succeeded', pipeline('success'), 'code'],
    ['a pipeline that failed', pipeline('failed'), 'code'],
    ['a pipeline that runs', pipeline('running'), undefined],
    ['a job that succeeded', job('success'), 'code'],
    ['a job that waits', job('manual'), undefined],
    ['a deployment', { object_kind: 'deployment', project }, undefined],
    ['a status check', asked, 'status-check'],
    ['a status check of no commit', { ...asked, object_attributes: { iid: 7 } }, 'code'],
    ['no project', { ...merge, project: undefined }, undefined],
    ['no object', 7, undefined],
  ];
  for (const [what, body, kind] of cases)
    it(`${what}: ${kind ?? 'not heard'}`, () => assert.equal(decideCodeEvent(body)?.kind, kind));

  it('start the pass that tells the changes, or that answers the check', async () => {
    const temporal = createTemporalDouble();
    const context = { temporal, config: configOf(exampleYaml), secrets: {}, now: Date.now };
    for (const body of [merge, asked]) {
      const event = decideCodeEvent(body);
      assert.ok(event);
      await takeCodeEvent(event, 'd1', context);
    }
    assert.deepEqual(
      temporal.started.map(({ start }) => [start.workflowType, start.input]),
      [
        ['codeIntake', { project: 'shop/web', event: 'merge_request' }],
        ['answerStatusCheck', { project: 'shop/web', mergeRequest: 7, sha, checkId: 3 }],
      ],
    );
  });
});
