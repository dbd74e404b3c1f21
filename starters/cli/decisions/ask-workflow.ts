import { QueryNotRegisteredError, WorkflowNotFoundError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  decision,
  requests,
  type DecisionAnswer,
  type RequestView,
} from '../../../workflows/approval/messages.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';

/** A query needs a worker: without one it would wait for long. */
const queryDeadlineMs = 3_000;
const answerWithinMs = 2_000;
const pollMs = 200;

/** @throws CliError when there is no such run, or no worker answers */
export async function readRequests(
  { temporal: { client } }: Session,
  workflowId: string,
): Promise<readonly RequestView[]> {
  try {
    const handle = client.workflow.getHandle(workflowId);
    return await client.withDeadline(Date.now() + queryDeadlineMs, () => handle.query(requests));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new CliError(
        exitCodes.notFound,
        `${workflowId}: no such run`,
        'See what waits for you: lockkeeper inbox',
      );
    if (error instanceof QueryNotRegisteredError)
      throw new CliError(exitCodes.notFound, `${workflowId}: nobody is asked anything there`);
    throw new CliError(
      exitCodes.unavailable,
      `no worker answers, so that the request of ${workflowId} cannot be shown here`,
      'Start a worker; meanwhile the buttons in Slack and the comments in Jira work, and count.',
    );
  }
}

/** What the workflow makes of it, if it says so soon: while no worker runs it is kept, and stays pending. */
export async function awaitAnswer(
  { temporal: { client } }: Session,
  { workflowId, jti }: { workflowId: string; jti: string },
): Promise<DecisionAnswer> {
  const until = Date.now() + answerWithinMs;
  const handle = client.workflow.getHandle(workflowId);
  for (;;) {
    const answer = await client
      .withDeadline(until, () => handle.query(decision, jti))
      .catch((): DecisionAnswer => ({ state: 'pending' }));
    if (answer.state !== 'pending' || Date.now() + pollMs >= until) return answer;
    await sleep(pollMs);
  }
}
