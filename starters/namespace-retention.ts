import type { Connection } from '@temporalio/client';

/** Ids stay unique for as long as closed runs are kept (design §11). */
export const wantedRetentionDays = 90;

const secondsPerDay = 86_400;

/** @returns whole days */
export async function readRetentionDays(connection: Connection, namespace: string): Promise<number> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  return Math.floor(Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / secondsPerDay);
}
