import { isGrpcServiceError } from '@temporalio/client';

/** gRPC's INVALID_ARGUMENT: what was sent is wrong, and will be. */
const invalidArgument = 3;

/** Temporal did not accept a signal for a reason that is not the signal's. */
export function isTemporalOutage(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const told = [error, cause].find((one) => isGrpcServiceError(one));
  return isGrpcServiceError(told) && Number(told.code) !== invalidArgument;
}
