import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import {
  codeChanged,
  ticketChanged,
  type ChangeBuild,
  type ChangeRequest,
} from '../../workflows/change-approval/messages.ts';
import { searchAttributeNames, workflowTypes } from '../../workflows/shared/names.ts';
import type { ChangeNudge, TemporalPort } from './port.ts';
import { createTemporalStarter, type WorkflowSignal, type WorkflowStart } from './temporal-starter.ts';
import { unavailable } from './unavailable.ts';

export interface ChangeCallOptions {
  readonly client: Client;
  /** @returns undefined: the environment is not controlled. Left out: none is */
  readonly toChangeStart?: (request: ChangeRequest) => WorkflowStart | undefined;
}

type End = 'signalled' | 'started' | 'incomplete' | 'over';

/** Bounded: a commit with more changes than this is no commit of ours. */
const mostRuns = 50;

/** Calls of Temporal for change approval. Repeated freely: a signal is a hint, and ids are the idempotency keys. */
export function createChangeCalls({
  client,
  toChangeStart = () => undefined,
}: ChangeCallOptions): Pick<TemporalPort, 'nudgeChanges' | 'nudgeProject' | 'findApprovedChange'> {
  const starter = createTemporalStarter(client);

  async function nudge({ workflowId, build, key, status }: ChangeNudge): Promise<End> {
    const payload = { deliveryId: `nudge:${randomUUID()}`, event: 'changed' };
    const signal = { name: ticketChanged.name, payload };
    if (workflowId !== null && (await starter.signal(workflowId, signal))) return 'signalled';
    // a change that is over is not asked about again because somebody comments on its ticket
    if (status !== 'draft' && status !== 'waiting')
      return (await tellInspections(signal)) ? 'signalled' : 'over';
    const complete = toBuild(build);
    const start = complete && toChangeStart(toHandMade(complete));
    if (!start) return 'incomplete';
    try {
      await starter.signalWithStart(start, signal);
    } catch (error) {
      throw unavailable(error, `start the change of ${key}`);
    }
    return 'started';
  }

  /** There is one a month, and it looks by itself which of its tickets has an answer. */
  async function tellInspections(signal: WorkflowSignal): Promise<boolean> {
    const query = `WorkflowType = '${workflowTypes.changeInspection}' AND ExecutionStatus = 'Running'`;
    let told = false;
    for (const { workflowId } of await list(query)) told = (await starter.signal(workflowId, signal)) || told;
    return told;
  }

  /** At most so many, newest first; by search attributes, so a little behind. */
  async function listChanges(project: string, further: string): Promise<WorkflowExecutionInfo[]> {
    // what stands in a search is never from outside: a project's path has neither quotes nor backslashes, else nothing is found
    if (!/^[\w./~-]+$/.test(project)) return [];
    const { target } = searchAttributeNames;
    const query = `WorkflowType = '${workflowTypes.changeApproval}' AND ${target} STARTS_WITH '${project}@' AND ${further}`;
    return list(query);
  }

  async function list(query: string): Promise<WorkflowExecutionInfo[]> {
    try {
      const found: WorkflowExecutionInfo[] = [];
      for await (const run of client.workflow.list({ query, pageSize: mostRuns })) {
        found.push(run);
        if (found.length >= mostRuns) break;
      }
      return found;
    } catch (error) {
      throw unavailable(error, 'look for runs');
    }
  }

  return {
    async nudgeChanges({ changes }) {
      const ends: { readonly key: string; readonly end: End }[] = [];
      for (const change of changes) ends.push({ key: change.key, end: await nudge(change) });
      const count = (end: End) => ends.filter((one) => one.end === end).length;
      return {
        signalled: count('signalled'),
        started: count('started'),
        incomplete: ends.filter(({ end }) => end === 'incomplete').map(({ key }) => key),
      };
    },

    async nudgeProject({ project, event }) {
      const payload = { deliveryId: `nudge:${randomUUID()}`, event };
      let signalled = 0;
      for (const { workflowId } of await listChanges(project, "ExecutionStatus = 'Running'"))
        if (await starter.signal(workflowId, { name: codeChanged.name, payload })) signalled += 1;
      return { signalled };
    },

    async findApprovedChange({ project, sha }) {
      const { decision } = searchAttributeNames;
      const approved = `${decision} IN ('approved', 'automatic') AND ExecutionStatus IN ('Running', 'Completed')`;
      const found = await listChanges(project, approved);
      return { approved: found.some(({ memo }) => memo?.['sha'] === sha) };
    },
  };
}

function toBuild(build: ChangeNudge['build']): ChangeBuild | undefined {
  const { environment, project, buildJob, build: number, branch, sha, action } = build;
  if (!environment || !project || !buildJob || !number || !branch || !sha) return undefined;
  if (!/^[\w.-]{1,64}$/.test(number) || !/^[0-9a-f]{40}$/.test(sha) || !/^[\w.-]+(\/[\w.-]+)*$/.test(project))
    return undefined;
  return { environment, project, buildJob, build: number, branch, sha, action: action ?? 'deploy' };
}

/** A ticket that a person made: nobody proved who asks. */
function toHandMade(build: ChangeBuild): ChangeRequest {
  const requester = { person: null, verified: false, triggeredBy: null };
  return { ...build, requester, given: {}, pipelineId: null, deployJobId: null };
}
