import type { Context } from '@temporalio/activity';
import { MockActivityEnvironment, defaultActivityInfo } from '@temporalio/testing';
import { DefaultLogger, type ActivityInboundCallsInterceptor } from '@temporalio/worker';

/** An activity under one interceptor, without a server. */
export function callThrough(
  create: (context: Context) => ActivityInboundCallsInterceptor,
  info: Partial<typeof defaultActivityInfo> = {},
) {
  const env = new MockActivityEnvironment(
    { ...defaultActivityInfo, ...info },
    { interceptors: [(context) => ({ inbound: create(context) })], logger: new DefaultLogger('ERROR') },
  );
  return {
    env,
    call: <T>(act: (input?: unknown) => Promise<T>, input?: unknown): Promise<T> => env.run(act, input),
  };
}
