import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker, bundleWorkflowCode } from '@temporalio/worker';

/** A worker with nothing of Lockkeeper: `node bench/bare-worker.ts ADDRESS`. Says `ready`, and ends with SIGTERM. */
const [address = ''] = process.argv.slice(2);
const connection = await NativeConnection.connect({ address });
const workflowBundle = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
});
const noop = (input: string) => Promise.resolve(input);
const workers = await Promise.all([
  Worker.create({ connection, taskQueue: 'bench-bare', workflowBundle, maxCachedWorkflows: 64 }),
  Worker.create({
    ...{ connection, taskQueue: 'bench-bare-activities', maxConcurrentActivityTaskExecutions: 20 },
    activities: { first: noop, second: noop, third: noop },
  }),
]);
process.stdout.write('ready\n');
await Promise.all(workers.map((worker) => worker.run()));
await connection.close();
