import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toAwsFailure, toFailure, type Answer } from '../../activities/failures.ts';
import { GitlabRefusal } from '../../activities/gitlab/requester.ts';
import { redact } from '../../activities/redact.ts';
import {
  createFailure,
  failureDetails,
  failureType,
  type FailureType,
} from '../../workflows/shared/failures.ts';

const call = { system: 'jira', action: 'comment on DEVOPS-7' };

function coded(code: string, extra: object = {}): Error {
  return Object.assign(new Error(code), { code }, extra);
}

function awsError(name: string, status: number, headers: Record<string, string> = {}): Error {
  const error = Object.assign(new Error('no'), {
    $metadata: { httpStatusCode: status },
    $response: { headers },
  });
  error.name = name;
  return error;
}

function asApplicationFailure(error: unknown): ApplicationFailure {
  assert.ok(error instanceof ApplicationFailure);
  return error;
}

describe('failures: the table', () => {
  const statuses: [number, FailureType][] = [
    [400, 'InvalidInput'],
    [401, 'CredentialRejected'],
    [403, 'PermissionDenied'],
    [404, 'NotFound'],
    [408, 'Unavailable'],
    [409, 'Conflict'],
    [410, 'UnsupportedResponse'],
    [412, 'Conflict'],
    [418, 'Unknown'],
    [422, 'InvalidInput'],
    [425, 'Unavailable'],
    [429, 'RateLimited'],
    [500, 'Unavailable'],
    [503, 'Unavailable'],
  ];
  for (const [status, type] of statuses)
    it(`status ${status} is ${type}`, () => {
      const failure = toFailure(new GitlabRefusal(status, {}, ''), call);
      assert.equal(failureType(failure), type);
      assert.deepEqual(failureDetails(failure), { ...call, status });
    });

  const codes: [Error, FailureType][] = [
    [coded('ECONNRESET'), 'Unavailable'],
    [new TypeError('fetch failed', { cause: coded('UND_ERR_SOCKET') }), 'Unavailable'],
    [new DOMException('late', 'TimeoutError'), 'Unavailable'],
    [coded('CERT_HAS_EXPIRED'), 'Unknown'],
    [
      coded('slack_webapi_platform_error', { data: { ok: false, error: 'token_revoked' } }),
      'CredentialRejected',
    ],
    [coded('slack_webapi_platform_error', { data: { ok: false, error: 'channel_not_found' } }), 'NotFound'],
    [coded('slack_webapi_platform_error', { data: { ok: false, error: 'is_archived' } }), 'Conflict'],
    [new SyntaxError('Unexpected token <'), 'UnsupportedResponse'],
    [new Error('whatever'), 'Unknown'],
  ];
  for (const [error, type] of codes)
    it(`${error.name} ${error.message} is ${type}`, () =>
      assert.equal(failureType(toFailure(error, call)), type));

  const aws: [string, number, FailureType][] = [
    ['AccessDenied', 403, 'PermissionDenied'],
    ['NoSuchKey', 404, 'NotFound'],
    ['NoSuchBucket', 404, 'NotFound'],
    ['NotFound', 404, 'NotFound'],
    ['PreconditionFailed', 412, 'Conflict'],
    ['ExpiredToken', 400, 'CredentialRejected'],
    ['InvalidClientTokenId', 403, 'CredentialRejected'],
    ['SignatureDoesNotMatch', 403, 'CredentialRejected'],
    ['Throttling', 400, 'RateLimited'],
    ['SlowDown', 503, 'RateLimited'],
    ['UnauthorizedOperation', 403, 'PermissionDenied'],
    ['InternalError', 500, 'Unavailable'],
    ['UnknownError', 403, 'PermissionDenied'],
    ['InsufficientInstanceCapacity', 500, 'Unavailable'],
  ];
  for (const [name, status, type] of aws)
    it(`AWS ${name} (${status}) is ${type}`, () =>
      assert.equal(failureType(toAwsFailure(awsError(name, status), call)), type));
});

describe('failures: how long to wait', () => {
  const wait = (error: unknown, answer?: Answer): unknown =>
    asApplicationFailure(toFailure(error, call, answer, () => 0.5)).nextRetryDelay;

  it('reads seconds and adds a little', () =>
    assert.equal(wait(new GitlabRefusal(429, { 'retry-after': '30' }, '')), 33_000));
  it('reads a date', () => {
    const later = new Date(Date.now() + 20_000).toUTCString();
    const ms = Number(wait(new GitlabRefusal(503, { 'retry-after': later }, '')));
    assert.ok(ms > 18_000 && ms < 23_000, String(ms));
  });
  it('reads what the interceptor kept when the library dropped it', () =>
    assert.equal(
      wait(coded('x', { status: 503 }), { status: 503, headers: { 'retry-after': '10' } }),
      11_000,
    ));
  it('reads jira.js, Slack and AWS', () => {
    assert.equal(wait(coded('x', { status: 429, retryAfterMs: 1000 })), 1100);
    assert.equal(wait(coded('slack_webapi_rate_limited_error', { retryAfter: 2 })), 2200);
    assert.equal(wait(awsError('SlowDown', 503, { 'retry-after': '1' })), 1100);
  });
  it('never parks a run for more than an hour and a bit', () =>
    assert.equal(wait(new GitlabRefusal(429, { 'retry-after': '99999999' }, '')), 3_615_000));
  it('ignores nonsense', () => {
    for (const value of ['', 'soon', '-5', '0'])
      assert.equal(wait(new GitlabRefusal(429, { 'retry-after': value }, '')), undefined);
  });
});

describe('failures: what passes as it is', () => {
  it('a TypeError of our own', () => {
    const bug = new TypeError('x is not a function');
    assert.equal(toFailure(bug, call), bug);
  });
  it('cancellation, however deep', () => {
    const cancelled = new CancelledFailure('CANCELLED');
    const wrapped = new Error('Request failed', {
      cause: new TypeError('fetch failed', { cause: cancelled }),
    });
    assert.equal(toFailure(wrapped, call), cancelled);
  });
  it('a failure that has a type already', () => {
    const own = createFailure('PolicyViolation', 'no');
    assert.equal(toFailure(own, call), own);
  });
  it('what is no error at all becomes Unknown', () =>
    assert.equal(failureType(toFailure('no', call)), 'Unknown'));
});

describe('failures: secrets', () => {
  const secrets = [
    'https://bucket.s3.amazonaws.com/k?X-Amz-Signature=canary-1&X-Amz-Credential=canary',
    'https://user:canary-2@host/path',
    'Authorization: Basic Y2FuYXJ5LTM=canary',
    'PRIVATE-TOKEN: canary-4',
    '{"apiToken":"canary-5"}',
    'Bearer canary-6.abc',
    "password='canary 7'",
  ];
  for (const text of secrets)
    it(`are taken out of ${text.slice(0, 24)}…`, () => assert.doesNotMatch(redact(text), /canary/));

  it('are in no message, stack or cause', () => {
    const secret = 'https://jira.test/rest?token=canary';
    const error = new Error(`Request to ${secret} failed`, { cause: new Error(`GET ${secret}`) });
    const failure = asApplicationFailure(toFailure(error, call));
    const cause = failure.cause as Error;
    const texts = [
      failure.message,
      failure.stack,
      cause.message,
      cause.stack,
      (cause.cause as Error).message,
    ];
    for (const text of texts) assert.doesNotMatch(String(text), /canary/);
    assert.equal(failure.message, 'jira: comment on DEVOPS-7: Request to https://jira.test/rest failed');
  });
  it('are looked for in linear time', () => {
    const started = performance.now();
    for (const piece of ['x', 'a.', '-eyJ', 'token', 'a://', 'token="', 'Bearer '])
      redact(piece.repeat(20_000));
    assert.ok(performance.now() - started < 2_000);
  });
  it('leave what an operator needs', () =>
    assert.equal(
      redact('User: arn:aws:iam::1:role/x is not authorized'),
      'User: arn:aws:iam::1:role/x is not authorized',
    ));
});
