import { proxyActivities } from '@temporalio/workflow';

interface Bare {
  first(input: string): Promise<string>;
  second(input: string): Promise<string>;
  third(input: string): Promise<string>;
}

/** What three activities cost by themselves, one after the other as a change of a secret has them. */
export async function bareWorkflow(input: string): Promise<string> {
  const taskQueue = 'bench-bare-activities';
  const activities = proxyActivities<Bare>({ taskQueue, startToCloseTimeout: '1 minute' });
  return activities.third(await activities.second(await activities.first(input)));
}
