import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/common';

/** Why an outside call failed, as an operator needs to know it. Final types are never retried. */
export const finalFailures = [
  'InvalidInput',
  'NotFound',
  'PermissionDenied',
  'CredentialRejected',
  'Conflict',
  'PolicyViolation',
  'UnsupportedResponse',
] as const;
export const retriedFailures = ['RateLimited', 'Unavailable', 'Unknown'] as const;

export type FailureType = (typeof finalFailures)[number] | (typeof retriedFailures)[number];

/** The only list of non-retryable types: used by every activity proxy. */
export const nonRetryableErrorTypes: string[] = [...finalFailures];

const nextSteps: Record<FailureType, string> = {
  InvalidInput: 'Correct the named field and start again.',
  NotFound: 'Check that the named thing exists and that the account may see it.',
  PermissionDenied: 'Grant the named right to the account that made the call.',
  CredentialRejected: 'Renew the credential of this system and restart the worker.',
  Conflict: 'Somebody else changed it meanwhile: look at it, then start again.',
  PolicyViolation: 'The write was refused by policy: read the reason, do not force it.',
  UnsupportedResponse: 'The system answered in a form that this version does not know: report it.',
  RateLimited: 'Wait: the call is repeated when the limit allows it.',
  Unavailable: 'Wait: the call is repeated until the system answers.',
  Unknown: 'Read the cause; the call is repeated ten times, then it needs a person.',
};

/** What an operator should do about a failure of this type, one sentence. */
export function nextStep(type: FailureType): string {
  return nextSteps[type];
}

export function isFailureType(value: unknown): value is FailureType {
  return typeof value === 'string' && Object.hasOwn(nextSteps, value);
}

/** Facts about a failure that people may read: never a secret, never a raw document. */
export interface FailureDetails {
  /** The system that was called, such as `jira`. */
  readonly system?: string;
  /** What the call was for, such as `comment on DEVOPS-7`. */
  readonly action?: string;
  readonly status?: number;
  readonly expected?: string;
  readonly found?: string;
}

export function createFailure(
  type: FailureType,
  message: string,
  options: { details?: FailureDetails; cause?: unknown; retryAfterMs?: number } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: (finalFailures as readonly string[]).includes(type),
    details: [options.details ?? {}],
    ...(options.cause instanceof Error ? { cause: options.cause } : {}),
    ...(options.retryAfterMs === undefined ? {} : { nextRetryDelay: options.retryAfterMs }),
  });
}

/** The failure below the wrappers that Temporal puts around it. */
export function rootFailure(error: unknown): unknown {
  let current = error;
  while ((current instanceof ActivityFailure || current instanceof ChildWorkflowFailure) && current.cause)
    current = current.cause;
  return current;
}

/** @returns the type of our own failures; `Unavailable` for a time-out; `Unknown` for everything else */
export function failureType(error: unknown): FailureType {
  const root = rootFailure(error);
  if (root instanceof ApplicationFailure && isFailureType(root.type)) return root.type;
  return root instanceof TimeoutFailure ? 'Unavailable' : 'Unknown';
}

export function failureDetails(error: unknown): FailureDetails {
  const root = rootFailure(error);
  const first: unknown = root instanceof ApplicationFailure ? root.details?.[0] : undefined;
  return typeof first === 'object' && first !== null ? first : {};
}

/** One line for tickets and messages. */
export function failureMessage(error: unknown): string {
  const root = rootFailure(error);
  return root instanceof Error ? root.message : String(root);
}
