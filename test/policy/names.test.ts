import assert from 'node:assert/strict';
import {
  agentPromotionId,
  noticeId,
  parseAgentPromotionId,
  stepKey,
  systemQueue,
  systems,
  workflowIdOfKey,
} from '../../workflows/shared/names.ts';

describe('names', () => {
  for (const [site, issueId] of [
    ['main', '1'],
    ['main', '10001'],
    ['a site', '99999999999999999999'],
    ['höhe.example', '7'],
  ] as const)
    it(`reads ${site} ${issueId} back from the promotion's id`, () => {
      const id = agentPromotionId(site, issueId);
      assert.deepEqual(parseAgentPromotionId(id), { site, issueId });
      assert.equal(workflowIdOfKey(stepKey(id, '0', 'pipeline')), id);
    });

  const foreign = [
    '',
    'agent-promotion',
    'agent-promotion:main',
    'agent-promotion::1',
    'agent-promotion:main:',
    'agent-promotion:main:DEVOPS-1',
    'agent-promotion:main:1\n',
    'agent-promotion:main:1/0/x',
    'agent-promotion:a:b:1',
    'agent-promotion:a/b:1',
    'agent-promotion:main:١',
    'xagent-promotion:main:1',
    'promotion-queue',
    noticeId(stepKey(agentPromotionId('main', '1'), '0', 'notice')),
  ];
  for (const id of foreign)
    it(`takes ${JSON.stringify(id)} for no promotion`, () =>
      assert.equal(parseAgentPromotionId(id), undefined));

  for (const key of ['', '/', '//', 'a', 'a/', 'a/0', 'a/0/', '/0/x', 'a//x'])
    it(`finds no workflow in ${JSON.stringify(key)}`, () => assert.equal(workflowIdOfKey(key), undefined));

  it('keeps the step key stable: it is written in other systems', () =>
    assert.equal(stepKey('agent-promotion:main:7', '12', 'pipeline'), 'agent-promotion:main:7/12/pipeline'));

  it('gives every system a queue of its own', () => {
    const queues = systems.map((system) => systemQueue('lockkeeper', system));
    assert.equal(new Set([...queues, 'lockkeeper']).size, systems.length + 1);
    assert.ok(queues.every((queue) => queue.startsWith('lockkeeper-')));
  });
});
