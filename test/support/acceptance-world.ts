import type { Client, WorkflowHandle } from '@temporalio/client';
import type { FindingAcceptancePort } from '../../activities/finding-acceptance/port.ts';
import { requests, type DecisionClaims, type RequestView } from '../../workflows/approval/messages.ts';
import {
  acceptance,
  type AcceptanceInput,
  type AcceptanceReading,
  type AcceptanceView,
} from '../../workflows/finding-acceptance/messages.ts';
import { findingAcceptanceId, haloSyncId, workflowTypes } from '../../workflows/shared/names.ts';
import { approvalPolicy, say } from './approval-answers.ts';
import { eventually } from './approval-world.ts';
import { createHaloWorld, type HaloWorld } from './halo-world.ts';
import { createPromotionWorld, type PromotionWorld } from './promotion-world.ts';
import { registerStubs, type Stubs } from './stub-activities.ts';
import { testQueue } from './stub-workers.ts';

const dayMs = 86_400_000;

export interface AcceptanceWorld {
  readonly handle: WorkflowHandle;
  readonly vendors: PromotionWorld;
  /** What the findings' queue was asked to do, in order. */
  readonly done: string[];
  /** What the ticket was told: the last step of each key, and the words. */
  told(): Readonly<Record<string, string>>;
  view(): Promise<AcceptanceView>;
  inState(state: AcceptanceView['state']): Promise<AcceptanceView>;
  openRequest(): Promise<RequestView>;
  say(view: RequestView, part?: Partial<DecisionClaims>): Promise<void>;
}

export interface AcceptanceParts {
  /** Days from now. Default 30. */
  readonly days?: number;
  /** ms since 1970, on the server's clock. */
  readonly nowMs: number;
  readonly reading?: Partial<AcceptanceReading>;
  readonly approval?: Partial<AcceptanceInput['policy']>;
  readonly halo?: Partial<FindingAcceptancePort>;
  readonly source?: string;
}

/** One acceptance among stubs. @param index makes its ids */
export async function startAcceptance(
  client: Client,
  index: number,
  { days = 30, nowMs, reading, approval, halo, source = `sync-${index}` }: AcceptanceParts,
): Promise<AcceptanceWorld> {
  const workflowId = findingAcceptanceId(source, `hash-${index}`);
  const { world: vendors, stubs } = createPromotionWorld();
  const done: string[] = [];
  const until = new Date(nowMs + days * dayMs).toISOString();
  const asked = {
    ...{ state: 'asked', site: 'main', ticket: `SEC-${index}`, finding: 'OpenSSL is old', severity: 'high' },
    ...{ requester: 'sam', askedAt: new Date(nowMs).toISOString(), until, reason: 'behind the WAF' },
    ...reading,
  } as AcceptanceReading;
  const own: FindingAcceptancePort = {
    readAcceptanceRequest: async () => asked,
    async acceptFinding() {
      return { written: true, problem: null };
    },
    async endAcceptance() {
      return { ended: true };
    },
    ...halo,
  };
  const noted: Stubs['halo'] = {
    readAcceptanceRequest: async (input) => {
      done.push('read');
      return own.readAcceptanceRequest(input);
    },
    acceptFinding: async (input) => {
      done.push(input.isConfirmation === true ? 'confirm' : 'accept');
      return own.acceptFinding(input);
    },
    endAcceptance: async (input) => {
      done.push('end');
      return own.endAcceptance(input);
    },
  };
  registerStubs(workflowId, { ...stubs, halo: noted });
  const input: AcceptanceInput = {
    ...{ source, findingId: `f-${index}`, issueId: String(10_000 + index), commentId: '900' },
    policy: { ...approvalPolicy, name: 'acceptance', ...approval },
    runLinkBase: 'http://ui.example/namespaces/default/workflows/',
  };
  const handle = await client.workflow.start(workflowTypes.findingAcceptance, {
    ...{ workflowId, taskQueue: testQueue, args: [input] },
  });
  const world: AcceptanceWorld = {
    handle,
    vendors,
    done,
    told: () =>
      Object.fromEntries(
        vendors.comments.map(({ key, body }) => [key.split('/').at(-1) ?? '', JSON.stringify(body)]),
      ),
    view: () => handle.query(acceptance),
    inState: (state) =>
      eventually(async () => {
        const view = await world.view();
        return view.state === state ? view : undefined;
      }),
    openRequest: () =>
      eventually(async () =>
        (await handle.query<readonly RequestView[]>(requests.name)).find((one) => one.state === 'open'),
      ),
    say: (view, part) => say(handle, view, part),
  };
  return world;
}

/** The one writer of that source, which has made a first pass and waits. */
export async function startSync(client: Client, source: string): Promise<HaloWorld> {
  const sync = createHaloWorld(client, { source });
  await sync.ask('first');
  await sync.ended('first');
  if (sync.handle.workflowId !== haloSyncId(source)) throw new Error('another source');
  return sync;
}
