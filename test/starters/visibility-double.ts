import type { WaitingMetricsOptions } from '../../starters/waiting-metrics.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';

export interface WaitingRun {
  readonly waitingOn: string;
  readonly startTime?: Date;
  readonly process?: string;
}

export interface VisibilityDouble {
  readonly client: WaitingMetricsOptions['client'];
  /** The queries that were asked. */
  readonly asked: string[];
  /** Called before every answer. */
  before: () => Promise<void>;
}

/** Temporal's visibility: it answers the queries of the metrics, each with the runs that have such a code. */
export function createVisibilityDouble(runs: readonly WaitingRun[], overdue = 0): VisibilityDouble {
  const double = { asked: [] as string[], before: async () => undefined as void };
  async function* list({ query }: { query: string }) {
    double.asked.push(query);
    await double.before();
    for (const { startTime = new Date(0), ...run } of runs.filter(isAskedBy(query)))
      yield { startTime, typedSearchAttributes: { get: readFrom(run) } };
  }
  async function count(query: string) {
    double.asked.push(query);
    await double.before();
    return { count: overdue };
  }
  const client = {
    workflow: { list, count },
    withDeadline: (_deadline: number, read: () => unknown) => read(),
  } as unknown as WaitingMetricsOptions['client'];
  return Object.assign(double, { client });
}

function isAskedBy(query: string) {
  const begins = /STARTS_WITH "([^"]+)"/.exec(query)?.[1];
  return ({ waitingOn }: WaitingRun) =>
    begins ? waitingOn.startsWith(begins) : query.includes(`"${waitingOn}"`);
}

function readFrom(run: Omit<WaitingRun, 'startTime'>) {
  return ({ name }: { name: string }) =>
    name === attributes.waitingOn.name
      ? run.waitingOn
      : name === attributes.process.name
        ? run.process
        : undefined;
}
