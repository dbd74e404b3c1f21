import type { Client, WorkflowHandle } from '@temporalio/client';
import { digestOf } from '../../config/canonical-json.ts';
import { decision, requests } from '../../workflows/approval/messages.ts';
import type { DecisionAnswer, DecisionClaims, RequestView } from '../../workflows/approval/messages.ts';
import { changeInspectionId, workflowTypes } from '../../workflows/shared/names.ts';
import {
  inspection,
  type AutoApproved,
  type InspectionInput,
  type InspectionPolicy,
  type InspectionRecord,
} from '../../workflows/change-inspection/messages.ts';
import { approvalPolicy, say } from './approval-answers.ts';
import { eventually } from './approval-world.ts';
import { createPromotionWorld, type PromotionWorld } from './promotion-world.ts';
import { registerStubs, type Stubs } from './stub-activities.ts';
import { testQueue } from './stub-workers.ts';

/** One person of security inspects; half an hour is in time. */
const inspectors = sealed({
  ...approvalPolicy,
  name: 'inspection',
  quorum: [{ group: 'security', count: 1 }],
  exclude: ['requester', 'author'] as const,
  expiresAfterMinutes: 30,
});

export const inspectionPolicy: InspectionPolicy = sealed({
  name: 'inspection',
  version: 1,
  digest: '',
  site: 'main',
  approval: inspectors,
  percent: 3,
  least: 2,
  findingIssueType: 'Task',
  switchOff: true,
  switchOnApproval: approvalPolicy,
  notify: ['soc'],
  heartbeatSeconds: 10,
  runLinkBase: 'http://ui.example/namespaces/default/workflows/',
});

/** With the digest of what it says, as the configuration makes it. */
function sealed<P extends { readonly digest: string }>({ digest: _digest, ...rules }: P): P {
  return { ...rules, digest: digestOf(rules) } as unknown as P;
}

export function autoApproved(number: number, part: Partial<AutoApproved> = {}): AutoApproved {
  return {
    ticket: `PRODCM-${number}`,
    issueId: String(20_000 + number),
    environment: 'production',
    project: 'shop/web',
    build: String(number),
    sha: 'a'.repeat(40),
    policy: 'standard@1',
    approvedAt: '2020-10-05T10:00:00.000Z',
    requester: 'dana',
    authors: ['dev'],
    workflowId: `change:production:shop~web:${number}`,
    ...part,
  };
}

export interface InspectionRun {
  readonly workflowId: string;
  readonly handle: WorkflowHandle;
  /** What the stubs were asked. */
  readonly world: PromotionWorld;
  record(): Promise<InspectionRecord>;
  /** The open request about this ticket. */
  open(ticket: string): Promise<RequestView>;
  say(view: RequestView, part?: Partial<DecisionClaims>): Promise<void>;
  answerTo(jti: string): Promise<DecisionAnswer>;
}

export interface InspectionOptions {
  readonly month: string;
  readonly approved: readonly AutoApproved[];
  readonly policy?: InspectionPolicy;
  readonly prepare?: (world: PromotionWorld, stubs: Stubs) => void;
}

/** What the inspection of this month meets, whoever starts it. */
export function stubInspection({ month, approved, prepare }: InspectionOptions): PromotionWorld {
  const { world, stubs } = createPromotionWorld();
  const jira: Stubs['jira'] = {
    ...stubs.jira,
    async listAutoApproved(input) {
      world.calls.push(`listAutoApproved:${input.site}:${input.month}`);
      await world.on['listAutoApproved']?.(input as never);
      return approved;
    },
  };
  const all = { ...stubs, jira };
  prepare?.(world, all);
  registerStubs(changeInspectionId(month), all);
  return world;
}

export async function startInspection(client: Client, options: InspectionOptions): Promise<InspectionRun> {
  const { month, policy = inspectionPolicy } = options;
  const world = stubInspection(options);
  const workflowId = changeInspectionId(month);
  const input: InspectionInput = { month, policy };
  const started = { workflowId, taskQueue: testQueue, args: [input] };
  const handle = await client.workflow.start(workflowTypes.changeInspection, started);
  return toInspectionRun(handle, world);
}

export function toInspectionRun(handle: WorkflowHandle, world: PromotionWorld): InspectionRun {
  const { workflowId } = handle;
  return {
    workflowId,
    handle,
    world,
    record: () => eventually(async () => (await handle.query(inspection)) ?? undefined),
    open: (ticket) =>
      eventually(async () =>
        (await handle.query(requests)).find(
          ({ state, evidence }) => state === 'open' && evidence.subject['ticket'] === ticket,
        ),
      ),
    say: (view, part = {}) => say(handle, view, { principal: 'sue', groups: ['security'], ...part }),
    answerTo: (jti) =>
      eventually(async () => {
        const answer = await handle.query(decision, jti);
        return answer.state === 'pending' ? undefined : answer;
      }),
  };
}
