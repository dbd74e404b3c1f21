import {
  createAcceptanceCheck,
  createFindingGuard,
  type AcceptanceCheckOptions,
  type AcceptanceWrite,
} from '../../../activities/decisions/finding-permission.ts';
import { idHash } from '../../../activities/findings/hash.ts';
import type { ApprovalPolicy, Evidence, Grant } from '../../../workflows/approval/messages.ts';
import type { FindingTicket } from '../../../workflows/halo-sync/ticket.ts';
import { findingAcceptanceId } from '../../../workflows/shared/names.ts';
import { grantOf as sealGrant, sealed, type GrantParts, type Said } from './permission-world.ts';
import { knownKeys, nowMs } from './signing.ts';

export const findingId = '1b2c3d4e-0000-4000-8000-000000000001';
export const workflowId = findingAcceptanceId('halo', idHash(findingId));
export const execution = { workflowId, runId: 'run-1' };
export const write: AcceptanceWrite = {
  ...{ source: 'halo', findingId, issueId: '10077', commentId: '900', requester: 'sam' },
  ...{ until: '2026-12-31T23:59:59.000Z', askedAt: '2026-11-22T10:00:00.000Z' },
};

export const approval = sealed<ApprovalPolicy>({
  ...{ name: 'acceptance', version: 2, digest: '', channel: 'devops', buttons: true, risk: 'normal' },
  quorum: [{ group: 'security', count: 1 }],
  exclude: ['requester'],
  ...{ reminders: [], workingHours: null, expiresAfterMinutes: 60, override: null },
});

export const sue: Said = { principal: 'sue', groups: ['security'], aud: `security/${workflowId}` };

export function evidenceWith(subject: object = {}, changes: Partial<Evidence> = {}): Evidence {
  const { source, findingId: id, issueId, commentId, until, requester } = write;
  return {
    ...{ kind: 'finding-acceptance', title: 'Accept', facts: [], links: [], authors: [], changers: [] },
    subject: { runId: execution.runId, source, findingId: id, issueId, commentId, until, ...subject },
    requester,
    ...changes,
  };
}

export const grantOf = (said: readonly Said[] = [sue], parts: GrantParts = {}): Promise<Grant> =>
  sealGrant(said, { policy: approval, evidence: evidenceWith(), ...parts });

const options = {
  rulesOf: () => ({ approval, maxDays: 90 }),
  keys: knownKeys,
  namespace: 'security',
  now: () => nowMs,
};

export interface Attempt {
  readonly grant?: unknown;
  readonly write?: Partial<AcceptanceWrite>;
  readonly by?: Partial<typeof execution>;
  readonly options?: Partial<AcceptanceCheckOptions>;
}

/** The guard of the write. */
export async function check({ grant, write: part, by, options: own }: Attempt = {}) {
  const guard = createFindingGuard({ ...options, ...own });
  return guard({ ...write, ...part }, grant === undefined ? await grantOf() : grant, { ...execution, ...by });
}

export const acceptedWith = (grant: unknown, until = write.until, acceptance = workflowId) => ({
  ...{ until, acceptance, grant },
});

export function ticketWith(
  accepted: NonNullable<FindingTicket['mark']>['accepted'],
  own: Partial<FindingTicket> = {},
): FindingTicket {
  return {
    ...{ issueId: write.issueId, key: 'SEC-7', project: 'SEC', findingId, statusName: 'Done', isDone: true },
    ...{ createdAt: '2026-11-01T00:00:00.000Z', movedAt: null, isOurs: true },
    mark: {
      ...{ source: 'halo', findingId, contentHash: 'c', latestHash: null, left: 'closed', reopened: 0 },
      at: '2026-11-22T11:00:00.000Z',
      ...(accepted ? { accepted } : {}),
    },
    ...own,
  };
}

/** The check at the point of use. */
export function openCheck(own: Partial<AcceptanceCheckOptions> = {}) {
  return createAcceptanceCheck({ ...options, isRunning: () => Promise.resolve(true), ...own });
}
