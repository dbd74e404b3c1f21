import assert from 'node:assert/strict';
import type { IncidentEvent } from '../../workflows/incident-sync/messages.ts';
import { readCaseEvents } from '../../starters/queues/case-events.ts';
import { handleIncidentEvents } from '../../starters/queues/incident-events.ts';
import { incidentConfig, queueUrl } from './incident-world.ts';
import { createTemporalDouble } from './temporal-double.ts';

const caseId = '1234567890';
const arn = `arn:aws:security-ir:us-east-1:111111111111:case/${caseId}`;
const event = {
  ...{ version: '0', id: 'event-1', 'detail-type': 'Case Updated', source: 'aws.security-ir' },
  ...{ account: '111111111111', time: '2026-11-23T10:00:00Z', region: 'us-east-1', resources: [arn] },
  detail: { caseId, updatedBy: 'AWS Responder' },
};
const sns = (message: unknown) => ({ Type: 'Notification', Message: JSON.stringify(message) });
const kindsOf = (body: unknown) =>
  readCaseEvents(typeof body === 'string' ? body : JSON.stringify(body)).map(({ kind }) => kind);

describe('events of cases', () => {
  for (const [what, body, kinds] of [
    ['one', event, ['event']],
    ['one in an SNS envelope', sns(event), ['event']],
    ['a list', [event, { ...event, id: 'event-2' }], ['event', 'event']],
    ['records of SNS', { Records: [{ Sns: sns(event) }, { Sns: sns(event) }] }, ['event', 'event']],
    ['records of SQS', { Records: [{ body: JSON.stringify(event) }] }, ['event']],
    ['an SNS envelope with several', sns([event, event]), ['event', 'event']],
    ['one without the detail’s id', { ...event, detail: {} }, ['event']],
    ['one without resources', { ...event, resources: [] }, ['event']],
    ['of a membership', { ...event, 'detail-type': 'Membership Updated' }, ['ignored']],
    ['a good one and a bad one', [event, { ...event, account: '1' }], ['event', 'malformed']],
    ['no JSON', '{"a":', ['malformed']],
    ['a text', '"x"', ['malformed']],
    ['null', 'null', ['malformed']],
    ['nothing', '', ['malformed']],
    ['no records', { Records: [] }, ['malformed']],
    ['too many records', Array.from({ length: 101 }, () => event), ['malformed']],
    ['envelopes without end', sns(sns(sns(sns(event)))), ['malformed']],
    ['another source', { ...event, source: 'aws.health' }, ['malformed']],
    ['no id', { ...event, id: '' }, ['malformed']],
    ['a region of no form', { ...event, region: 'US EAST' }, ['malformed']],
    ['a case of no form', { ...event, detail: { caseId: '../1' }, resources: [] }, ['malformed']],
    ['a case that the ARN contradicts', { ...event, detail: { caseId: '9999999999' } }, ['malformed']],
    [
      'an ARN of another account',
      { ...event, resources: [arn.replace('1111:case', '2222:case')] },
      ['malformed'],
    ],
    ['two ARNs and no id', { ...event, detail: {}, resources: [arn, arn] }, ['malformed']],
  ] as const)
    it(`${what}: ${kinds.join(', ')}`, () => assert.deepEqual(kindsOf(body), kinds));
});

describe('the handler of events of cases', () => {
  const twice = [
    {},
    { name: 'second', project: 'SEC', routes: [], intake: undefined },
    { name: 'other', region: 'eu-west-1', intake: undefined },
  ];
  function world(connections: readonly Readonly<Record<string, unknown>>[] = twice) {
    const config = incidentConfig(connections);
    const temporal = createTemporalDouble();
    const all = config.processes.incidents?.connections ?? [];
    const handle = handleIncidentEvents({
      ...{ config, temporal },
      connections: all.filter((one) => one.queueUrl === queueUrl),
    });
    const take = (body: unknown) => handle({ id: 'm1', body: JSON.stringify(body) });
    return { temporal, take };
  }

  it('tells every connection of its account and region, by signal with start (S-88)', async () => {
    const { temporal, take } = world();
    assert.deepEqual(await take(event), { kind: 'accepted', result: 'told' });
    assert.deepEqual(
      temporal.started.map(({ start }) => [start.workflowType, start.workflowId]),
      [
        ['incidentSync', `incident:aws-main:${caseId}`],
        ['incidentSync', `incident:second:${caseId}`],
      ],
    );
    const { policy, ...said } = temporal.started[0]?.signal?.payload as IncidentEvent;
    assert.deepEqual(said, { deliveryId: 'event-1', event: 'Case Updated', side: 'case' });
    assert.equal(policy?.connection, 'aws-main');
  });

  it('leaves a foreign account and a malformed record to the dead letters, after what can be told', async () => {
    const { temporal, take } = world();
    const foreign = await take({ ...event, account: '999999999999', resources: [] });
    assert.partialDeepStrictEqual(foreign, {
      kind: 'refused',
      reason: 'account and region are of no connection',
    });
    assert.equal(temporal.started.length, 0);
    assert.partialDeepStrictEqual(await take([event, 7]), { kind: 'refused', result: 'malformed' });
    assert.equal(temporal.started.length, 2);
  });

  it('has no use for memberships, and waits for Temporal', async () => {
    const { temporal, take } = world();
    assert.partialDeepStrictEqual(await take({ ...event, 'detail-type': 'Membership Created' }), {
      ...{ kind: 'accepted', result: 'ignored' },
    });
    temporal.outage = new Error('14 UNAVAILABLE');
    await assert.rejects(take(event), /UNAVAILABLE/);
  });
});
