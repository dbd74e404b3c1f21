import { isGrpcDeadlineError, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { failureType, nextStep, type FailureType } from '../../workflows/shared/failures.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';

/** What a person is told instead of a stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  /** What to do about it, one sentence. */
  readonly fix: string | undefined;

  constructor(exitCode: ExitCode, message: string, fix?: string) {
    super(message);
    this.exitCode = exitCode;
    this.fix = fix;
  }
}

const codeOf: Partial<Record<FailureType, ExitCode>> = {
  NotFound: exitCodes.notFound,
  Unavailable: exitCodes.unavailable,
  RateLimited: exitCodes.unavailable,
};

/** Where the CLI differs from a worker, which repeats its calls by itself. */
const ownNextSteps: Partial<Record<FailureType, string>> = {
  Unavailable: 'Try again when the system answers.',
  RateLimited: 'Try again in a few minutes.',
  CredentialRejected: 'Renew the credential of this system.',
  Unknown: 'Read the cause.',
};

/** @returns undefined for what nobody expected: a bug keeps its stack */
export function toCliError(error: unknown, temporalAddress = ''): CliError | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof WorkflowNotFoundError)
    return new CliError(
      exitCodes.notFound,
      'no such run in Temporal',
      'Check the key with: lockkeeper status',
    );
  if (error instanceof ApplicationFailure) {
    const type = failureType(error);
    return new CliError(
      codeOf[type] ?? exitCodes.failed,
      error.message,
      ownNextSteps[type] ?? nextStep(type),
    );
  }
  if (!isFromTemporal(error)) return undefined;
  const told = error.cause instanceof Error ? error.cause.message : error.message;
  const reason = isGrpcDeadlineError(error) ? 'no answer in time' : told;
  return new CliError(
    exitCodes.unavailable,
    `Temporal at ${temporalAddress} does not answer: ${reason}`,
    'Check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, and that the server runs.',
  );
}

function isFromTemporal(error: unknown): error is Error {
  return error instanceof Error && (isGrpcServiceError(error) || isGrpcServiceError(error.cause));
}
