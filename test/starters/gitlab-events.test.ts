import assert from 'node:assert/strict';
import { decideGitlabEvent } from '../../starters/webhooks/gitlab/events.ts';

const key = 'agent-promotion:main:10077/0/pipeline';
const run = (value: unknown) => [
  { key: 'OTHER', value: 'x' },
  { key: 'LOCKKEEPER_RUN', value },
];
const pipeline = (variables: unknown, id: unknown = 31) => ({
  object_kind: 'pipeline',
  object_attributes: { id, status: 'success', variables },
});

describe('decideGitlabEvent', () => {
  it('signals the run that our pipeline belongs to', () => {
    const expected = { kind: 'signal', workflowId: 'agent-promotion:main:10077', pipelineId: 31 };
    assert.deepEqual(decideGitlabEvent(pipeline(run(key))), expected);
  });

  for (const [what, body, kind] of [
    ['another pipeline', pipeline([]), 'ignore'],
    ['no variables', pipeline(undefined), 'ignore'],
    ['a run of another kind', pipeline(run('promotion-queue/0/x')), 'ignore'],
    ['half a key', pipeline(run('agent-promotion:main:10077')), 'ignore'],
    ['a key that is no text', pipeline(run({})), 'ignore'],
    ['a job', { object_kind: 'build', commit: { id: 31 } }, 'ignore'],
    ['no id', pipeline(run(key), '31'), 'malformed'],
    ['no attributes', { object_kind: 'pipeline' }, 'malformed'],
    ['no kind', {}, 'malformed'],
    ['no object', 'x', 'malformed'],
  ] as const)
    it(`${kind}: ${what}`, () => assert.equal(decideGitlabEvent(body).kind, kind));
});
