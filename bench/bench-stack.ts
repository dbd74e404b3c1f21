import { Client, Connection } from '@temporalio/client';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { awsView, type AwsView } from '../sandbox/drive/aws-view.ts';
import { controlOf, type Control } from '../sandbox/drive/control.ts';
import { jiraPerson, type JiraPerson } from '../sandbox/drive/jira-person.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { startStack, type Stack } from '../sandbox/stack/start-stack.ts';
import { waitUntil } from '../scripts/wait-until.ts';
import { agentPromotionId } from '../workflows/shared/names.ts';

export type FrontName = 'jira' | 'gitlab' | 'slack' | 'aws';

/** A stack of its own for one bench, and what a bench does with it. */
export interface BenchStack {
  readonly vendors: Stack['vendors'];
  readonly endpoints: Endpoints;
  readonly temporal: Client;
  readonly controls: Readonly<Record<FrontName, Control>>;
  readonly aws: AwsView;
  /** Files the tickets. */
  readonly sam: JiraPerson;
  /** @returns when the first run of the ticket's promotion has closed, with its result */
  closed(issueId: string, withinMs: number): Promise<unknown>;
  stop(): Promise<void>;
}

export type Log = (line: string) => void;

export async function startBenchStack(log: Log): Promise<BenchStack> {
  const runDir = await mkdtemp(path.join(os.tmpdir(), 'lockkeeper-bench-'));
  const removeRunDir = () => rm(runDir, { recursive: true, force: true });
  try {
    const stack = await startStack({ runDir, database: 'memory', log });
    const { endpoints } = stack;
    const connection = await Connection.connect({ address: endpoints.temporal });
    const temporal = new Client({ connection });
    const control = (front: FrontName) => controlOf(endpoints[front], endpoints.control);
    return {
      vendors: stack.vendors,
      endpoints,
      temporal,
      controls: {
        jira: control('jira'),
        gitlab: control('gitlab'),
        slack: control('slack'),
        aws: control('aws'),
      },
      aws: awsView(endpoints),
      sam: jiraPerson(endpoints, 'sam'),
      closed: (issueId, withinMs) => untilClosed(temporal, agentPromotionId('main', issueId), withinMs),
      async stop() {
        await connection.close();
        await stack.stop();
        await removeRunDir();
      },
    };
  } catch (error) {
    await removeRunDir();
    throw error;
  }
}

/** Polled, not followed: the webhook that starts the run may still be on its way. */
async function untilClosed(temporal: Client, workflowId: string, withinMs: number): Promise<unknown> {
  const handle = temporal.workflow.getHandle(workflowId);
  await waitUntil(`${workflowId} to close`, withinMs, async () => {
    const status = await handle.describe().then(
      (found) => found.status.name,
      () => 'NOT_STARTED',
    );
    return status === 'NOT_STARTED' || status === 'RUNNING' ? undefined : status;
  });
  return handle.result();
}
