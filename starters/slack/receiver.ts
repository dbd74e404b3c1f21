import type { App, Receiver, ReceiverEvent } from '@slack/bolt';

export interface SlackAnswer {
  readonly status: number;
  readonly body: object | string | undefined;
}

export interface DirectReceiver extends Receiver {
  /** Hands one verified body to Bolt. @returns what to answer, as soon as it is known */
  deliver(event: Pick<ReceiverEvent, 'body' | 'retryNum' | 'retryReason'>): Promise<SlackAnswer>;
  stop(): Promise<void>;
}

/** Slack gives a request three seconds; a listener acknowledges long before that. */
const answerWithinMs = 2_800;

/** Bolt's receiver on somebody else's server. `stop` waits for what was acknowledged and still goes on. */
export function createDirectReceiver(): DirectReceiver {
  let app: App | undefined;
  const running = new Set<Promise<unknown>>();

  function track(work: Promise<unknown>) {
    running.add(work);
    void work.finally(() => running.delete(work)).catch(() => undefined);
  }

  return {
    init(given) {
      app = given;
    },
    async start() {},
    async stop() {
      await Promise.allSettled([...running]);
    },
    deliver(event) {
      return new Promise((resolve) => {
        const answer = (status: number, body?: object | string) => resolve({ status, body });
        const timer = setTimeout(answer, answerWithinMs, 200);
        const ack: ReceiverEvent['ack'] = async (body?: object | string) => answer(200, body);
        const work = app?.processEvent({ ...event, ack }) ?? Promise.resolve();
        // Not acknowledged in the end: nobody knows such an event, or its listener failed. Slack tells the person.
        track(
          work
            .then(
              () => answer(500),
              () => answer(500),
            )
            .finally(() => clearTimeout(timer)),
        );
      });
    },
  };
}
