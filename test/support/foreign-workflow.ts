import {
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { release } from '../../workflows/promotion-queue/messages.ts';
import { failureMessage, failureType } from '../../workflows/shared/failures.ts';
import { wholeNumber } from '../../workflows/shared/guards.ts';
import { promotionQueueId } from '../../workflows/shared/names.ts';

type Input = Readonly<Record<string, unknown>>;

export interface ForeignCall {
  readonly what: string;
  readonly activity: 'publishObject' | 'publishManifest' | 'rollBackManifest' | 'playDeployJob';
  /** `$runId`, `$workflowId` and `$turn` in it become this run's own. */
  readonly input: Input;
}

export interface ForeignInput {
  /** Of the worker that holds the credentials of production. */
  readonly awsQueue: string;
  /** Of the worker that may play deploy jobs. */
  readonly gitlabQueue: string;
  /** Joins the line there first, like a promotion; null: it has no turn. */
  readonly joinAt: string | null;
  readonly calls: readonly ForeignCall[];
}

const turnGranted = defineSignal<[unknown]>('turnGranted');

/** Somebody's own workflow, on his own worker, that schedules the guarded activities of Lockkeeper's. @returns type and message of each */
export async function foreignWorkflow({ awsQueue, gitlabQueue, joinAt, calls }: ForeignInput) {
  const { workflowId, runId } = workflowInfo();
  let granted: number | undefined;
  setHandler(turnGranted, (payload) => void (granted = wholeNumber(payload, 'token')));
  const guarded = (taskQueue: string) =>
    proxyActivities<Record<ForeignCall['activity'], (input: Input) => Promise<unknown>>>({
      ...{ taskQueue, startToCloseTimeout: '1 minute', retry: { maximumAttempts: 1 } },
    });
  const [activities, gitlab] = [guarded(awsQueue), guarded(gitlabQueue)];
  const token = joinAt === null ? 0 : await takeTurn(joinAt);
  const turn = { queueId: promotionQueueId, workflowId, runId, token };
  const answers: Record<string, string> = {};
  for (const { what, activity, input } of calls) {
    const queue = activity === 'playDeployJob' ? gitlab : activities;
    answers[what] = await queue[activity](fill(input) as Input).then(
      (done) => `written: ${JSON.stringify(done)}`,
      (error: unknown) => `${failureType(error)}: ${failureMessage(error)}`,
    );
  }
  if (joinAt !== null)
    await getExternalWorkflowHandle(promotionQueueId).signal(release, { workflowId, runId });
  return answers;

  async function takeTurn(taskQueue: string): Promise<number> {
    const { joinQueue } = proxyActivities<TemporalPort>({ taskQueue, startToCloseTimeout: '1 minute' });
    const place = { round: '0', ticket: 'GATED-0', priority: 0, enteredAt: '2020-01-01T00:00:00Z' };
    const joined = await joinQueue({ workflowId, runId, ...place });
    if (joined.state === 'granted') return joined.token;
    await condition(() => granted !== undefined);
    return granted ?? 0;
  }

  function fill(value: unknown): unknown {
    if (value === '$runId') return runId;
    if (value === '$turn') return turn;
    if (value === '$workflowId') return workflowId;
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fill(part)]));
  }
}
