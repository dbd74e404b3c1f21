import type { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { confirmTurn } from '../../workflows/promotion-queue/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import { promotionQueueId } from '../../workflows/shared/names.ts';
import type { Turn } from '../../workflows/shared/turn.ts';

/**
 * A write that carries a turn asks the queue first whether the turn still stands (design §4). What remains is the one
 * call that is in flight while the turn passes on; the manifests' fence refuses even that.
 */
export class TurnInterceptor implements ActivityInboundCallsInterceptor {
  private readonly context: Context;
  private readonly client: Client;

  constructor(context: Context, client: Client) {
    this.context = context;
    this.client = client;
  }

  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    const turn = turnOf(input.args[0]);
    if (turn && !(await this.stands(turn)))
      throw createFailure('PolicyViolation', `the turn ${turn.token} has passed on: nothing was written`, {
        details: { system: 'promotion-queue', action: this.context.info.activityType },
      });
    return next(input);
  }

  private async stands(turn: Turn): Promise<boolean> {
    const { workflowId, runId, token } = turn;
    // the one queue, whatever the input says: a queue of somebody's own would grant him every turn
    if (turn.queueId !== promotionQueueId) return false;
    // and the run's own turn: anybody who may read the namespace can copy that of the holder
    const execution = this.context.info.workflowExecution;
    if (workflowId !== execution?.workflowId || runId !== execution.runId) return false;
    try {
      return await this.client.workflow
        .getHandle(promotionQueueId)
        .query(confirmTurn, { workflowId, runId, token });
    } catch (cause) {
      throw createFailure('Unavailable', 'the promotion queue does not answer', {
        cause,
        details: { system: 'temporal', action: 'confirm the turn' },
      });
    }
  }
}

function turnOf(input: unknown): Turn | undefined {
  const turn = isRecord(input) ? input['turn'] : undefined;
  return isRecord(turn) && typeof turn['queueId'] === 'string' ? (turn as unknown as Turn) : undefined;
}
