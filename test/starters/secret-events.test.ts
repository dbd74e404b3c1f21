import assert from 'node:assert/strict';
import { startSecretChange } from '../../activities/temporal/start-secrets.ts';
import { handleSecretEvents } from '../../starters/queues/secret-events.ts';
import { readSecretEvent } from '../../workflows/secret-audit/read-event.ts';
import { putValue, secretArn, secretConfig } from './secret-world.ts';
import { createTemporalDouble } from './temporal-double.ts';

const canary = 'hunter2-canary';
const sns = (message: unknown) => ({ Type: 'Notification', Message: JSON.stringify(message) });
const second = { ...putValue, detail: { ...putValue.detail, eventID: '9a1c6ad4-0002' } };
const read = { ...putValue, detail: { ...putValue.detail, eventName: 'GetSecretValue' } };
const stranger = '999999999999';
const foreign = {
  ...{ ...putValue, account: stranger },
  detail: { ...putValue.detail, recipientAccountId: stranger },
};

function world({ deadLetters = true } = {}) {
  const config = secretConfig();
  const temporal = createTemporalDouble();
  const aside: string[] = [];
  const putAside = async (body: string) => void aside.push(body);
  const handle = handleSecretEvents({ config, temporal, putAside: deadLetters ? putAside : undefined });
  const take = (body: unknown) =>
    handle({ id: 'm-1', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { config, temporal, aside, take };
}

describe('events of secrets', () => {
  for (const [what, body, result, started] of [
    ['one', putValue, 'told', 1],
    ['one in an SNS envelope', sns(putValue), 'told', 1],
    ['a list', [putValue, second], 'told', 2],
    ['records of SNS', { Records: [{ Sns: sns(putValue) }, { Sns: sns(second) }] }, 'told', 2],
    ['the same twice in one body', [putValue, putValue], 'told', 1],
    ['a read', read, 'ignored', 0],
    ['a change and a read', [putValue, read], 'told', 1],
    ['a change and a bad one', [putValue, { ...putValue, source: 'aws.health' }], 'malformed', 1],
    ['of an account that is not audited', foreign, 'foreign', 0],
    ['an envelope of another account than it says', { ...putValue, account: stranger }, 'foreign', 0],
    ['no JSON', '{"a":', 'malformed', 0],
    ['nothing', '', 'malformed', 0],
    ['no event id', { ...putValue, detail: { ...putValue.detail, eventID: '' } }, 'malformed', 0],
  ] as const)
    it(`${what}: ${result}, ${started} started`, async () => {
      const { take, temporal, aside } = world();
      const outcome = await take(body);
      assert.deepEqual([outcome.kind, outcome.result], ['accepted', result]);
      assert.equal(temporal.started.length, started);
      assert.equal(aside.length, result === 'malformed' || result === 'foreign' ? 1 : 0);
    });

  for (const [what, body, result] of [
    ['malformed', '{"a":', 'malformed'],
    ['foreign', foreign, 'foreign'],
  ] as const)
    it(`without a dead-letter queue of ours, ${what} is left to SQS`, async () => {
      const { kind, result: told } = await world({ deadLetters: false }).take(body);
      assert.deepEqual([kind, told], ['refused', result]);
    });

  it('starts one run for an event, whose id stays taken after it has closed', async () => {
    const { take, temporal } = world();
    for (let n = 0; n < 3; n += 1) assert.equal((await take(putValue)).result, 'told');
    const [{ start } = assert.fail()] = temporal.started;
    assert.equal(temporal.started.length, 1);
    assert.deepEqual(
      [start.workflowType, start.workflowId, start.once],
      ['secretChange', `secret-change:${putValue.detail.eventID}`, true],
    );
    const { event, eventId, foundBy, policy } = start.input as Record<string, Record<string, unknown>>;
    assert.deepEqual([eventId, foundBy, policy?.['name']], [putValue.detail.eventID, 'event', 'secrets']);
    assert.equal((event?.['secret'] as { arn: string }).arn, secretArn);
  });

  it('is held while Temporal, or the dead-letter queue, is not there', async () => {
    const { take, temporal } = world();
    temporal.outage = new Error('down');
    await assert.rejects(take(putValue), /down/);
    const handle = handleSecretEvents({
      ...{ config: secretConfig(), temporal: createTemporalDouble() },
      putAside: () => Promise.reject(new Error('no queue')),
    });
    await assert.rejects(handle({ id: 'm', body: 'x' }), /no queue/);
  });

  it('refuses to start what is not configured', async () => {
    const { temporal } = world();
    const found = readSecretEvent(putValue);
    assert.ok(found.kind === 'change');
    const config = { ...secretConfig(), processes: {} } as never;
    await assert.rejects(startSecretChange(temporal, config, { event: found.event, foundBy: 'event' }));
  });
});

describe('X-17: the value of a secret', () => {
  const { detail } = putValue;
  const asked = (more: object) => ({
    ...putValue,
    detail: { ...detail, requestParameters: { ...detail.requestParameters, ...more } },
  });
  const carriers: readonly (readonly [string, unknown])[] = [
    ['secretString', asked({ secretString: canary })],
    ['secretBinary', asked({ secretBinary: Buffer.from(canary).toString('base64'), other: canary })],
    ['SecretString deep inside', asked({ a: { b: [{ SecretString: { password: canary, id: canary } }] } })],
    [
      'in the answer',
      {
        ...putValue,
        detail: { ...detail, responseElements: { ...detail.responseElements, SecretString: canary } },
      },
    ],
    ['in the envelope', { ...putValue, SecretString: canary, note: [canary] }],
    ['as a key', asked({ secretString: { [`${canary} !`]: 1 } })],
  ];
  for (const [what, event] of carriers)
    for (const [how, body] of [
      ['a sound event', event],
      ['a malformed one', { ...(event as object), source: canary }],
      [
        'one without an id',
        { ...(event as object), detail: { ...(event as typeof putValue).detail, eventID: null } },
      ],
      ['in an SNS envelope', sns({ ...(event as object), source: 'x', version: `${canary} {}` })],
      ['cut in half', JSON.stringify(event).slice(0, -5)],
    ] as const)
      it(`${what}, ${how}: goes nowhere`, async () => {
        const { take, temporal, aside } = world();
        const outcome = await take(body);
        const everything = JSON.stringify([outcome, temporal.started, aside]);
        for (const value of [canary, Buffer.from(canary).toString('base64')])
          assert.ok(!everything.includes(value), everything);
      });

  it('a dead letter says which event it was, in which shape, and why', async () => {
    const { take, aside } = world();
    await take({ ...putValue, detail: { ...detail, awsRegion: 'nowhere' } });
    const letter = JSON.parse(aside[0] ?? '') as Record<string, unknown>;
    assert.match(letter['reason'] as string, /awsRegion/);
    assert.equal(letter['messageId'], 'm-1');
    const {
      id,
      account,
      detail: kept,
    } = letter['event'] as { id: string; account: string; detail: typeof detail };
    assert.deepEqual(
      [id, account, kept.eventID, kept.eventName],
      ['f0a1', '333333333333', detail.eventID, 'PutSecretValue'],
    );
    assert.deepEqual(Object.keys(kept), Object.keys(detail));
    assert.equal(kept.requestParameters.secretId, '[cut]');
  });

  it('a dead letter of no JSON has its length and its digest alone', async () => {
    const { take, aside } = world();
    await take(`${canary}{`);
    assert.deepEqual(Object.keys(JSON.parse(aside[0] ?? '') as object).sort(), [
      ...['length', 'lockkeeper', 'messageId', 'reason', 'sha256'],
    ]);
  });
});
