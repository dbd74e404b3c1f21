import { Client, Connection } from '@temporalio/client';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reportFaults } from '../config/fault.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/parse-config.ts';
import { awsView, type AwsView } from '../sandbox/drive/aws-view.ts';
import { controlOf, type Control } from '../sandbox/drive/control.ts';
import { jiraPerson, type JiraPerson } from '../sandbox/drive/jira-person.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { ownProcess, type OwnProcess } from '../sandbox/stack/process.ts';
import { startStack, type Stack, type StackOptions } from '../sandbox/stack/start-stack.ts';
import { waitUntil } from '../scripts/wait-until.ts';
import { queueNames, type QueueName } from '../worker/queues.ts';
import { agentPromotionId } from '../workflows/shared/names.ts';

export type FrontName = 'jira' | 'gitlab' | 'slack' | 'aws';

/** A stack of its own for one bench, and what a bench does with it. */
export interface BenchStack {
  readonly vendors: Stack['vendors'];
  readonly worker: Stack['worker'];
  readonly starters: Stack['starters'];
  /** As the worker reads it. */
  readonly config: Config;
  readonly endpoints: Endpoints;
  readonly temporal: Client;
  readonly controls: Readonly<Record<FrontName, Control>>;
  readonly aws: AwsView;
  /** Files the tickets. */
  readonly sam: JiraPerson;
  /** Follows the ticket's promotion until its run has closed. @returns its result */
  closed(issueId: string, withinMs: number): Promise<unknown>;
  /**
   * Workers of these queues in processes of their own, as Docker Compose runs them; another runs the other queues from then on.
   * @param nodeArgs Node's options by queue
   * @param env beside that of every worker
   */
  splitQueues<Q extends QueueName>(
    nodeArgs: Readonly<Record<Q, readonly string[]>>,
    env?: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<Q, OwnProcess>>>;
  stop(): Promise<void>;
}

export type Log = (line: string) => void;

export async function startBenchStack(
  log: Log,
  options: Pick<StackOptions, 'halo' | 'incidents' | 'secrets'> = {},
): Promise<BenchStack> {
  const runDir = await mkdtemp(path.join(os.tmpdir(), 'lockkeeper-bench-'));
  const removeRunDir = () => rmSync(runDir, { recursive: true, force: true });
  // also after Ctrl-C; the stack's processes end with this one by themselves
  process.once('exit', removeRunDir);
  let starting = true;
  const stackLog = (line: string) => (starting ? log(line) : undefined);
  try {
    const stack = await startStack({
      incidents: 'off',
      secrets: 'off',
      ...options,
      runDir,
      database: 'memory',
      log: stackLog,
    });
    starting = false;
    const { endpoints } = stack;
    const processes: OwnProcess[] = [];
    const connection = await Connection.connect({ address: endpoints.temporal });
    const temporal = new Client({ connection });
    const control = (front: FrontName) => controlOf(endpoints[front], endpoints.control);
    const loaded = loadConfig(stack.configFile, stack.env);
    if ('faults' in loaded) throw new Error(reportFaults(loaded.faults));
    return {
      vendors: stack.vendors,
      worker: stack.worker,
      starters: stack.starters,
      config: loaded.config,
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
      async splitQueues(nodeArgs, env = {}) {
        await stack.worker.stop();
        const worker = (queues: readonly QueueName[], flags: readonly string[]) => {
          const one = ownProcess({
            ...{ main: 'worker/main.ts', env: { ...stack.env, ...env }, nodeArgs: flags },
            args: ['--config', stack.configFile, '--queues', queues.join(',')],
            logFile: path.join(runDir, `worker-${queues[0] ?? ''}.log`),
          });
          processes.push(one);
          return one;
        };
        const own = Object.entries(nodeArgs) as [keyof typeof nodeArgs, readonly string[]][];
        const rest = worker(
          queueNames.filter((name) => !Object.hasOwn(nodeArgs, name)),
          [],
        );
        const split = own.map(([queue, flags]) => [queue, worker([queue], flags)] as const);
        await Promise.all([rest, ...split.map(([, one]) => one)].map((one) => one.start()));
        return Object.fromEntries(split) as Record<keyof typeof nodeArgs, OwnProcess>;
      },
      closed: (issueId, withinMs) => untilClosed(temporal, agentPromotionId('main', issueId), withinMs),
      async stop() {
        await Promise.all(processes.map((one) => one.stop()));
        await connection.close();
        await stack.stop();
        removeRunDir();
        process.off('exit', removeRunDir);
      },
    };
  } catch (error) {
    removeRunDir();
    throw error;
  }
}

/** The webhook that starts the run may still be on its way; from then on nothing is polled: that would be load. */
async function untilClosed(temporal: Client, workflowId: string, withinMs: number): Promise<unknown> {
  const handle = temporal.workflow.getHandle(workflowId);
  await waitUntil(`${workflowId} to start`, withinMs, () =>
    handle.describe().then(
      () => true,
      () => undefined,
    ),
  );
  return withDeadline(handle.result(), `${workflowId} to close`, withinMs);
}

async function withDeadline<T>(work: Promise<T>, what: string, ms: number): Promise<T> {
  const ended = new AbortController();
  const late = sleep(ms, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`${what}: not within ${Math.round(ms / 1000)} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    ended.abort();
  }
}
