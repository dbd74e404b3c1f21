import type { Context } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';

/**
 * Every activity heartbeats by itself, so that a killed worker is noticed within the heartbeat time-out and not after the
 * whole start-to-close time. A call that hangs is ended by its own time-out, not by missing heartbeats. What the activity itself
 * has said of its progress is said again: an empty heartbeat would make the next attempt begin anew.
 */
export class HeartbeatInterceptor implements ActivityInboundCallsInterceptor {
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    const timeoutMs = this.context.info.heartbeatTimeoutMs;
    if (!timeoutMs) return next(input);
    const { context } = this;
    const send = context.heartbeat.bind(context);
    let progress: unknown = context.info.heartbeatDetails;
    const heartbeat = (details?: unknown) => {
      progress = details ?? progress;
      send(progress);
    };
    Object.assign(context, { heartbeat });
    const timer = setInterval(() => context.heartbeat(), timeoutMs / 3);
    try {
      return await next(input);
    } finally {
      clearInterval(timer);
    }
  }
}
