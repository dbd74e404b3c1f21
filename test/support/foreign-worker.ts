import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Worker, bundleWorkflowCode } from '@temporalio/worker';
import type { ForeignInput, foreignWorkflow } from './foreign-workflow.ts';
import { quietRuntime } from './quiet-runtime.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const taskQueue = 'somebody-else';

/** What somebody with write access to the namespace can run beside Lockkeeper. */
export interface ForeignWorker {
  /** @returns what became of each call, `<failure type>: <message>` */
  run(workflowId: string, calls: ForeignInput['calls'], ownTurn: boolean): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startForeignWorker(address: string, client: Client): Promise<ForeignWorker> {
  quietRuntime();
  const connection = await NativeConnection.connect({ address });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: path.join(here, 'foreign-workflow.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const worker = await Worker.create({ connection, taskQueue, workflowBundle });
  const running = worker.run();
  return {
    run: (workflowId, calls, ownTurn) =>
      client.workflow.execute<typeof foreignWorkflow>('foreignWorkflow', {
        workflowId,
        taskQueue,
        args: [
          {
            awsQueue: 'lockkeeper-aws-promotion',
            gitlabQueue: 'lockkeeper-gitlab',
            joinAt: ownTurn ? 'lockkeeper' : null,
            calls,
          },
        ],
        workflowExecutionTimeout: '2 minutes',
      }),
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
