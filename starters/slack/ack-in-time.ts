/** Slack gives up after three seconds. */
export const ackWithinMs = 2_000;

export interface InTime<Answer> {
  /** Ends Slack's waiting; with the answer, if there is one by then. */
  readonly ack: (answer?: Answer) => Promise<void>;
  /** Told to the person when the waiting is over. */
  readonly late: (answer: Answer) => Promise<void>;
  readonly withinMs: number;
}

const tooLate = Symbol('too late');

/**
 * A click is acknowledged when it is done, so that one which is lost with this process shows as failed; but never too late,
 * even when Temporal takes its time. @throws what `work` throws
 */
export async function ackInTime<Answer>(
  work: Promise<Answer>,
  { ack, late, withinMs }: InTime<Answer>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeOver = new Promise<typeof tooLate>((resolve) => (timer = setTimeout(resolve, withinMs, tooLate)));
  const first = await Promise.race([work, timeOver]).finally(() => clearTimeout(timer));
  if (first !== tooLate) return ack(first);
  await ack();
  await late(await work);
}
