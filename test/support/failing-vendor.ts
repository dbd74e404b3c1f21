import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { failureType, type FailureType } from '../../workflows/shared/failures.ts';
import type { Respond } from './loopback.ts';

/** What a vendor or the network may do to any call, and what it must be called. */
export const vendorFailures: readonly (readonly [name: string, respond: Respond, type: FailureType])[] = [
  ['401', { status: 401, body: { message: 'no' } }, 'CredentialRejected'],
  ['403', { status: 403, body: { message: 'no' } }, 'PermissionDenied'],
  ['404', { status: 404, body: { message: 'no' } }, 'NotFound'],
  ['409', { status: 409, body: { message: 'no' } }, 'Conflict'],
  ['429', { status: 429, headers: { 'retry-after': '7' }, body: 'Retry later' }, 'RateLimited'],
  ['500', { status: 500, body: '<html>oops</html>' }, 'Unavailable'],
  ['503 with Retry-After', { status: 503, headers: { 'retry-after': '7' }, body: '' }, 'Unavailable'],
  ['a lost answer', 'lost', 'Unavailable'],
  ['no answer', 'hang', 'Unavailable'],
];

/** The call fails as one of ours; where the vendor asked to wait, the next try keeps to it. */
export async function assertFails(
  run: () => Promise<unknown>,
  type: FailureType,
  respond?: Respond,
): Promise<ApplicationFailure> {
  const failure = await run().then(
    () => assert.fail(`expected ${type}, but it succeeded`),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof ApplicationFailure, String(failure));
  assert.equal(failureType(failure), type, failure.message);
  const asked = typeof respond === 'object' && respond.headers?.['retry-after'] !== undefined;
  const wait = Number(failure.nextRetryDelay ?? 0);
  assert.ok(asked ? wait >= 7_000 && wait <= 9_000 : wait === 0, `nextRetryDelay ${wait}`);
  return failure;
}
