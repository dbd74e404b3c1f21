import assert from 'node:assert/strict';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  RetryState,
  TerminatedFailure,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import {
  createFailure,
  failureDetails,
  failureMessage,
  failureType,
  finalFailures,
  isFailureType,
  nextStep,
  nonRetryableErrorTypes,
  retriedFailures,
  rootFailure,
  type FailureType,
} from '../../workflows/shared/failures.ts';

const inActivity = (cause: Error) =>
  new ActivityFailure(
    'Activity task failed',
    'readTicket',
    '1',
    RetryState.NON_RETRYABLE_FAILURE,
    'w',
    cause,
  );
const inChild = (cause: Error) =>
  new ChildWorkflowFailure('default', { workflowId: 'w', runId: 'r' }, 'notice', RetryState.TIMEOUT, cause);

const table: Readonly<Record<FailureType, { final: boolean; next: RegExp }>> = {
  InvalidInput: { final: true, next: /Correct the named field/ },
  NotFound: { final: true, next: /exists/ },
  PermissionDenied: { final: true, next: /Grant the named right/ },
  CredentialRejected: { final: true, next: /Renew the credential/ },
  Conflict: { final: true, next: /changed it meanwhile/ },
  PolicyViolation: { final: true, next: /refused by policy/ },
  UnsupportedResponse: { final: true, next: /report it/ },
  RateLimited: { final: false, next: /^Wait/ },
  Unavailable: { final: false, next: /^Wait/ },
  Unknown: { final: false, next: /ten times/ },
};

describe('failures', () => {
  it('are all in the table below', () =>
    assert.deepEqual(Object.keys(table).sort(), [...finalFailures, ...retriedFailures].sort()));

  for (const [name, { final, next }] of Object.entries(table)) {
    const type = name as FailureType;
    it(`${type} is ${final ? 'final' : 'retried'}, keeps its facts below any wrapper and names a next step`, () => {
      const details = { system: 'jira', action: 'comment on DEVOPS-7', status: 400 };
      const failure = createFailure(type, 'why', { details });
      assert.equal(failure.nonRetryable, final);
      assert.equal(nonRetryableErrorTypes.includes(type), final);
      for (const error of [failure, inActivity(failure), inChild(failure), inChild(inActivity(failure))]) {
        assert.equal(rootFailure(error), failure);
        assert.deepEqual([failureType(error), failureMessage(error)], [type, 'why']);
        assert.deepEqual(failureDetails(error), details);
      }
      assert.match(nextStep(type), next);
    });
  }

  it('carry the vendor’s Retry-After to Temporal, and only when there is one', () => {
    assert.equal(createFailure('RateLimited', 'slow down', { retryAfterMs: 7000 }).nextRetryDelay, 7000);
    assert.equal(createFailure('RateLimited', 'slow down').nextRetryDelay, undefined);
  });

  it('keep their cause when it is an error', () => {
    const cause = new TypeError('x is undefined');
    assert.equal(createFailure('Unknown', 'why', { cause }).cause, cause);
    assert.equal(createFailure('Unknown', 'why', { cause: 'text' }).cause, undefined);
    assert.deepEqual(failureDetails(createFailure('Unknown', 'why')), {});
  });

  const timeout = new TimeoutFailure('activity timed out', undefined, TimeoutType.START_TO_CLOSE);
  const foreign: readonly [string, unknown, FailureType][] = [
    ['a time-out', timeout, 'Unavailable'],
    ['a time-out in an activity', inActivity(timeout), 'Unavailable'],
    ['a TypeError', new TypeError('x'), 'Unknown'],
    ['somebody else’s failure type', ApplicationFailure.create({ type: 'Oops', message: 'x' }), 'Unknown'],
    [
      'an inherited property’s name',
      ApplicationFailure.create({ type: 'toString', message: 'x' }),
      'Unknown',
    ],
    ['a failure without a type', ApplicationFailure.create({ message: 'x' }), 'Unknown'],
    ['a cancellation', new CancelledFailure('x'), 'Unknown'],
    ['a terminated child', inChild(new TerminatedFailure('x')), 'Unknown'],
    ['text', 'x', 'Unknown'],
    ['nothing', undefined, 'Unknown'],
  ];
  for (const [what, error, type] of foreign)
    it(`take ${what} for ${type}`, () => {
      assert.equal(failureType(error), type);
      assert.deepEqual(failureDetails(error), {});
    });

  it('are told in one line, also when they are no errors', () => {
    assert.equal(failureMessage(inActivity(new Error('below'))), 'below');
    assert.equal(failureMessage('text'), 'text');
    assert.equal(failureMessage(undefined), 'undefined');
  });

  it('find a wrapper without a cause to be the root', () => {
    const bare = new ActivityFailure('lost', 'readTicket', '1', RetryState.TIMEOUT, 'w');
    assert.equal(rootFailure(bare), bare);
    assert.equal(failureType(bare), 'Unknown');
  });

  for (const value of ['Oops', '', 'toString', '__proto__', 7, null, undefined])
    it(`do not know ${String(value)} as a type`, () => assert.equal(isFailureType(value), false));

  it('stay what they are when a detail is no object', () => {
    const odd = ApplicationFailure.create({ type: 'NotFound', message: 'x', details: ['text'] });
    assert.deepEqual(failureDetails(odd), {});
  });
});
