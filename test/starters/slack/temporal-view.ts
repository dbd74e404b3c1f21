import { WorkflowNotFoundError } from '@temporalio/client';
import { TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import type { Client } from './slack-world.ts';

export interface ListedRun {
  readonly workflowId: string;
  readonly status?: string;
  readonly pairs?: readonly SearchAttributePair[];
}

/** Temporal as far as views know it: visibility, and queries that an absent worker does not answer. */
export function temporalView(parts: {
  readonly runs?: readonly ListedRun[];
  /** By name of the query. */
  readonly queries?: Readonly<Record<string, unknown>>;
  readonly down?: boolean;
}): { readonly client: Client; readonly asked: string[] } {
  const asked: string[] = [];
  const fail = () => {
    if (parts.down) throw new Error('14 UNAVAILABLE: 10.0.0.7');
  };
  async function* list({ query }: { query: string }) {
    asked.push(query);
    fail();
    for (const { workflowId, status = 'RUNNING', pairs = [] } of parts.runs ?? [])
      yield {
        ...{ workflowId, runId: 'r', startTime: new Date(0), status: { name: status } },
        typedSearchAttributes: new TypedSearchAttributes([...pairs]),
      };
  }
  const getHandle = (workflowId: string) => ({
    async query({ name }: { name: string }) {
      asked.push(`${workflowId}.${name}`);
      fail();
      const answer = parts.queries?.[name];
      if (answer === undefined) throw new WorkflowNotFoundError('no worker', workflowId, undefined);
      return answer;
    },
  });
  const withDeadline = (_deadline: unknown, run: () => unknown) => run();
  return { client: { workflow: { list, getHandle }, withDeadline } as unknown as Client, asked };
}
