import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { awsView } from '../../sandbox/drive/aws-view.ts';
import { controlOf } from '../../sandbox/drive/control.ts';
import { jiraPerson, type IssueView } from '../../sandbox/drive/jira-person.ts';
import { startStack, type StackOptions } from '../../sandbox/stack/start-stack.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { agentPromotionId, promotionQueueId } from '../../workflows/shared/names.ts';

const ended = ['Done', 'Failed', 'Info Needed', 'Canceled'];

export type E2e = Awaited<ReturnType<typeof startE2e>>;

/** A whole stack for one test file, with the ways to drive it and to look at it from outside; without incidents and secrets, unless they are asked for. */
export async function startE2e(options: Partial<StackOptions> = {}) {
  const runDir = await mkdtemp(path.join(os.tmpdir(), 'lockkeeper-e2e-'));
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const off = { incidents: 'off', secrets: 'off' } as const;
  const stack = await startStack({ runDir, database: 'memory', log, ...off, ...options });
  const { endpoints } = stack;
  const connection = await Connection.connect({ address: endpoints.temporal });
  const temporal = new Client({ connection });
  const control = {
    jira: controlOf(endpoints.jira, endpoints.control),
    gitlab: controlOf(endpoints.gitlab, endpoints.control),
    slack: controlOf(endpoints.slack, endpoints.control),
    aws: controlOf(endpoints.aws, endpoints.control),
  };
  const sam = jiraPerson(endpoints, 'sam');

  return {
    stack,
    endpoints,
    temporal,
    control,
    aws: awsView(endpoints),
    sam,
    person: (name: string) => jiraPerson(endpoints, name),
    workflow: (issueId: string) => temporal.workflow.getHandle(agentPromotionId('main', issueId)),
    queue: () => temporal.workflow.getHandle(promotionQueueId),
    /** @returns the ticket as soon as `is` holds of it */
    async until(key: string, is: (issue: IssueView) => boolean, ms = 60_000): Promise<IssueView> {
      return waitUntil(key, ms, async () => {
        const issue = await sam.read(key);
        return is(issue) ? issue : undefined;
      });
    },
    /** @returns the ticket in the first of the statuses that end a round, after its run has closed */
    async untilEnded(ticket: { id: string; key: string }, ms = 60_000): Promise<IssueView> {
      await waitUntil(`${ticket.key} to end`, ms, async () => {
        const { status } = await sam.read(ticket.key);
        return ended.includes(status) || undefined;
      });
      await this.untilClosed(ticket.id);
      return sam.read(ticket.key);
    },
    async untilClosed(issueId: string): Promise<void> {
      const id = agentPromotionId('main', issueId);
      await waitUntil(`${id} to close`, 30_000, async () => {
        const { status } = await temporal.workflow.getHandle(id).describe();
        return status.name === 'RUNNING' ? undefined : true;
      });
    },
    slackMessages: () => control.slack.post<{ channel: string; text: string }[]>('messages'),
    logs: async () =>
      `${await readFile(stack.worker.logFile, 'utf8')}\n${await readFile(stack.starters.logFile, 'utf8')}`,
    async stop() {
      await connection.close();
      await stack.stop();
      await rm(runDir, { recursive: true, force: true });
    },
  };
}
