import { Context } from '@temporalio/activity';
import { toAwsFailure } from '../failures.ts';

/** The activity that a call belongs to: the call ends with it and tells how far it is. */
export interface CallContext {
  readonly signal: AbortSignal;
  heartbeat(progress: unknown): void;
}

/** For callers outside an activity: nobody cancels, nobody listens. */
export const unattended: CallContext = {
  signal: new AbortController().signal,
  heartbeat: () => undefined,
};

/** @throws IllegalStateError outside an activity */
export function currentCall(): CallContext {
  const context = Context.current();
  return {
    signal: context.cancellationSignal,
    heartbeat: (progress) => context.heartbeat(progress),
  };
}

/** What is done to which system, for the failure's text. */
export interface AwsAction {
  readonly system: 's3' | 'ec2' | 'sts' | 'security-ir' | 'cloudtrail' | 'secretsmanager' | 'dynamodb';
  readonly action: string;
}

/** Runs one call; its errors become our failures, but a cancelled activity reports its cancellation, not a broken socket. */
export async function callAws<T>(
  { signal }: CallContext,
  action: AwsAction,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  try {
    return await run(signal);
  } catch (error) {
    signal.throwIfAborted();
    throw toAwsFailure(error, action);
  }
}

/** AWS's name of an error, such as `NoSuchKey`; empty for anything else. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
