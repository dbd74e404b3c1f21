import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { createFailure, type FailureType } from '../workflows/shared/failures.ts';
import { redact, redactError } from './redact.ts';
import {
  causeChain,
  codesOf,
  isFetchFailure,
  reasonOf,
  statusOf,
  waitOf,
  waitOfHeaders,
  type VendorError,
} from './vendor-error.ts';

/** What was being done, for the operator: `{system: 'jira', action: 'comment on DEVOPS-7'}`. Never a secret. */
export interface Call {
  readonly system: string;
  readonly action: string;
}

/** The last answer of the vendor to this call, where its library drops what we need (see http.ts). */
export interface Answer {
  readonly status: number;
  /** Rate-limit headers only, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

const typeOfStatus: Readonly<Record<number, FailureType>> = {
  400: 'InvalidInput',
  401: 'CredentialRejected',
  403: 'PermissionDenied',
  404: 'NotFound',
  405: 'UnsupportedResponse',
  408: 'Unavailable',
  409: 'Conflict',
  410: 'UnsupportedResponse',
  412: 'Conflict',
  413: 'InvalidInput',
  422: 'InvalidInput',
  423: 'Conflict',
  425: 'Unavailable',
  429: 'RateLimited',
};

/** Codes and names of errors, by who makes them: they say more than the status and are asked first. */
const codesOfType: Readonly<Partial<Record<FailureType, string>>> = {
  Unavailable:
    // Node, undici, fetch
    'ECONNRESET ECONNREFUSED ECONNABORTED ETIMEDOUT ENOTFOUND EAI_AGAIN EPIPE EHOSTUNREACH ENETUNREACH ' +
    'UND_ERR_SOCKET UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT UND_ERR_DESTROYED UND_ERR_CLOSED ' +
    'TimeoutError AbortError ' +
    // AWS
    'RequestTimeout RequestTimeoutException InternalError InternalFailure InternalServerError ServiceUnavailable Unavailable ' +
    'InsufficientInstanceCapacity IDPCommunicationError ' +
    // Slack
    'internal_error fatal_error service_unavailable request_timeout team_added_to_org',
  RateLimited:
    'Throttling ThrottlingException ThrottledException RequestLimitExceeded RequestThrottled TooManyRequestsException ' +
    'SlowDown BandwidthLimitExceeded PriorRequestNotComplete ProvisionedThroughputExceededException ' +
    'ratelimited rate_limited message_limit_exceeded slack_webapi_rate_limited_error',
  CredentialRejected:
    'ExpiredToken ExpiredTokenException InvalidClientTokenId InvalidAccessKeyId InvalidToken SignatureDoesNotMatch ' +
    'InvalidSignatureException IncompleteSignature MissingAuthenticationTokenException ' +
    'UnrecognizedClientException AuthFailure CredentialsProviderError TokenProviderError ' +
    'invalid_auth not_authed token_revoked token_expired account_inactive',
  PermissionDenied:
    'AccessDenied AccessDeniedException UnauthorizedOperation UnauthorizedAccess AllAccessDisabled ' +
    'missing_scope not_allowed_token_type no_permission access_denied ekm_access_denied restricted_action not_in_channel',
  NotFound:
    'NoSuchKey NoSuchBucket NoSuchVersion NotFound ResourceNotFoundException InvalidInstanceID.NotFound InvalidAMIID.NotFound channel_not_found',
  Conflict:
    'PreconditionFailed ConditionalRequestConflict OperationAborted BucketAlreadyExists IncorrectInstanceState ' +
    'IdempotentParameterMismatch is_archived',
  InvalidInput:
    'ValidationError InvalidParameterValue InvalidArgument MissingParameter EntityTooLarge InvalidAMIID.Malformed ' +
    'invalid_arguments invalid_blocks no_text msg_too_long metadata_too_large invalid_metadata_format',
  UnsupportedResponse: 'ZodError $ZodError SchemaMismatchError SyntaxError UnsupportedAnswer',
};

const typeOfCode: ReadonlyMap<string, FailureType> = new Map(
  Object.entries(codesOfType).flatMap(([type, codes]) =>
    codes.split(' ').map((code): [string, FailureType] => [code, type as FailureType]),
  ),
);

/**
 * From what vendors and networks answer to why a call failed. Cancellation and our own failures pass as they are, and a
 * `TypeError` that is not fetch's stays one, so that a bug is not retried as an outage.
 * @param answer what the interceptor of http.ts saw of this call, where the vendor's library drops the headers
 * @returns what the caller should throw
 */
export function toFailure(error: unknown, call: Call, answer?: Answer, random = Math.random): Error {
  const chain = causeChain(error);
  const passed = chain.find((one) => one instanceof CancelledFailure || one instanceof ApplicationFailure);
  if (passed) return passed;
  if (error instanceof TypeError && !isFetchFailure(error)) return error;
  const status = firstOf(chain, statusOf) ?? answer?.status;
  const type = classify(chain, status);
  const wait = retriedAfter.has(type)
    ? (firstOf(chain, (one) => waitOf(one)) ?? waitOfHeaders(answer?.headers))
    : undefined;
  return createFailure(type, describe(call, status, chain, answer), {
    details: { ...call, ...(status === undefined ? {} : { status }) },
    cause: redactError(error),
    ...(wait === undefined ? {} : { retryAfterMs: withJitter(wait, random) }),
  });
}

/** The same for the AWS SDK, whose errors carry their code as name and the status in `$metadata`. */
export function toAwsFailure(error: unknown, call: Call): Error {
  return toFailure(error, call);
}

const retriedAfter: ReadonlySet<FailureType> = new Set(['RateLimited', 'Unavailable']);

function classify(chain: readonly VendorError[], status: number | undefined): FailureType {
  const byCode = firstOf(chain, (one) => firstOf(codesOf(one), (code) => typeOfCode.get(code)));
  if (byCode) return byCode;
  if (status !== undefined && status >= 500) return 'Unavailable';
  return (status === undefined ? undefined : typeOfStatus[status]) ?? 'Unknown';
}

function describe(
  call: Call,
  status: number | undefined,
  chain: readonly VendorError[],
  answer: Answer | undefined,
): string {
  const said = chain[0] ? reasonOf(chain[0]) : 'no reason given';
  const reason = answer?.headers['ratelimit-reason'];
  const facts = [status, reason].filter((fact) => fact !== undefined).join(' ');
  const text = `${call.system}: ${call.action}: ${facts ? `${facts}: ` : ''}${said}`;
  return redact(text.slice(0, 4000)).replace(/\s+/g, ' ').slice(0, 500);
}

/** Up to a fifth more, at most 30 s, so that the calls that were refused together do not come back together. */
function withJitter(ms: number, random: () => number): number {
  return Math.ceil(ms + random() * Math.min(ms / 5, 30_000));
}

function firstOf<T, R>(items: readonly T[], read: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const value = read(item);
    if (value !== undefined) return value;
  }
  return undefined;
}
