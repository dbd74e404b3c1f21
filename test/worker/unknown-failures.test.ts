import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { UnknownFailureInterceptor } from '../../worker/activity/unknown-failures.ts';
import { createFailure, failureDetails, finalFailures } from '../../workflows/shared/failures.ts';
import { callThrough } from '../support/call-through.ts';

describe('UnknownFailureInterceptor', () => {
  const attempt = (count: number, thrown: unknown) =>
    callThrough((context) => new UnknownFailureInterceptor(context), { attempt: count })
      .call(async () => {
        throw thrown;
      })
      .then(
        () => assert.fail('the failure got lost'),
        (error: unknown) => error,
      );

  it('lets an answer pass', async () => {
    const { call } = callThrough((context) => new UnknownFailureInterceptor(context));
    assert.equal(await call(async () => 7), 7);
  });

  for (const thrown of [
    new TypeError('x is undefined'),
    createFailure('Unknown', 'odd', { details: { system: 'jira' } }),
    'just text',
  ])
    it(`repeats ${String(thrown)} nine times and makes it final at the tenth`, async () => {
      assert.equal(await attempt(9, thrown), thrown);
      const final = await attempt(10, thrown);
      assert.ok(final instanceof ApplicationFailure);
      assert.deepEqual([final.type, final.nonRetryable], ['Unknown', true]);
      assert.equal(final.message, thrown instanceof Error ? thrown.message : thrown);
      assert.equal(final.cause, thrown instanceof Error ? thrown : undefined);
      assert.deepEqual(failureDetails(final), failureDetails(thrown));
    });

  for (const thrown of [
    ...finalFailures.map((type) => createFailure(type, 'why')),
    createFailure('RateLimited', 'why', { retryAfterMs: 10 }),
    createFailure('Unavailable', 'why'),
    new CancelledFailure('cancelled'),
  ])
    it(`leaves ${thrown instanceof ApplicationFailure ? thrown.type : thrown.name} as it is, however often`, async () =>
      assert.equal(await attempt(500, thrown), thrown));
});
