import { CancelledFailure, type Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { failureDetails, failureType } from '../../workflows/shared/failures.ts';

const maxUnknownTries = 10;

/** An `Unknown` failure is repeated ten times, then it is final and the workflow parks (design §11). */
export class UnknownFailureInterceptor implements ActivityInboundCallsInterceptor {
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      if (error instanceof CancelledFailure || this.context.info.attempt < maxUnknownTries) throw error;
      if (failureType(error) !== 'Unknown') throw error;
      throw ApplicationFailure.create({
        type: 'Unknown',
        message: error instanceof Error ? error.message : String(error),
        nonRetryable: true,
        details: [failureDetails(error)],
        ...(error instanceof Error ? { cause: error } : {}),
      });
    }
  }
}
