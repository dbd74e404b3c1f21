import type { WorkflowHandle } from '@temporalio/client';
import type { S3Port } from '../../activities/s3/port.ts';
import type { PromotionPolicy } from '../../workflows/agent-promotion/messages.ts';
import type { Evidence, Grant } from '../../workflows/approval/messages.ts';
import { promotionQueueId } from '../../workflows/shared/names.ts';
import type { Turn } from '../../workflows/shared/turn.ts';
import { readInputs } from './decision-attacks.ts';
import type { ForeignCall } from './foreign-workflow.ts';

type ObjectInput = Parameters<S3Port['publishObject']>[0];
type ManifestInput = Parameters<S3Port['publishManifest']>[0];
type RollbackInput = Parameters<S3Port['rollBackManifest']>[0];

/** What a promotion once wrote to production with, as its history keeps it for everybody who may read the namespace. */
export interface Loot {
  readonly object: ObjectInput;
  readonly manifest: ManifestInput;
}

export async function readLoot(handle: WorkflowHandle): Promise<Loot> {
  const [object] = await readInputs(handle, 'publishObject');
  const [manifest] = await readInputs(handle, 'publishManifest');
  if (!object || !manifest) throw new Error(`${handle.workflowId} published nothing`);
  return { object: object as ObjectInput, manifest: manifest as ManifestInput };
}

const own = { workflow_id: '$workflowId', run_id: '$runId' };

/** A call, and what is said of it when it is refused. */
export type RefusedCall = ForeignCall & { readonly says: RegExp };

/** Every way to use the loot in a run that has the turn; none of them may write. */
export function callsWithTurn({ object, manifest }: Loot): readonly RefusedCall[] {
  const { grant, policy } = object.permission;
  if (!grant || !policy.rollback) throw new Error('the loot has no grant');
  const entry = { ...manifest.entry, ...own };
  const versions = { fromVersion: object.version, toVersion: '0.0.1' };
  const rollback: Omit<RollbackInput, 'turn'> = {
    ...{ account: object.account, ...versions, entry },
    permission: object.permission,
  };
  const forRollback = withSubject({ ...grant, policy: policy.rollback }, versions, 'promotion-rollback');
  const inputs = {
    publishObject: object,
    publishManifest: { ...manifest, entry },
    rollBackManifest: rollback,
  };
  const using = (
    activity: keyof typeof inputs,
    what: string,
    part: Partial<typeof object.permission>,
    says: RegExp,
  ): RefusedCall => {
    const permission = { ...object.permission, ...part };
    return {
      what: `${activity} ${what}`,
      activity,
      input: { ...inputs[activity], permission, turn: '$turn' },
      says,
    };
  };
  const lax = { ...policy, approval: null };
  return [
    ...(['publishObject', 'publishManifest'] as const).flatMap((activity) => [
      using(activity, 'as it was', {}, /given to another run/),
      using(activity, 'for this run', { grant: withSubject(grant) }, /does not stand.*stale-evidence/),
      using(activity, 'without a grant', { grant: null }, /is missing/),
      using(activity, 'under a lax policy', { policy: lax, grant: null }, /not this worker's/),
    ]),
    using('rollBackManifest', 'as it was', {}, /under other rules/),
    using('rollBackManifest', 'for this run', { grant: forRollback }, /does not stand.*stale-evidence/),
    using('rollBackManifest', 'without a grant', { grant: null }, /is missing/),
  ];
}

/** Nobody has to approve what a fully automatic policy allows: the turn is what is left. */
export function automaticCalls(
  { object, manifest }: Loot,
  policy: PromotionPolicy,
  turns: Readonly<Record<string, Turn>>,
): readonly RefusedCall[] {
  const permission = { policy, wave: 'wave-1', grant: null, exception: null };
  const entry = { ...manifest.entry, ...own, approval: null, entry_id: 'somebody-else/0' };
  const inputs = { publishObject: object, publishManifest: { ...manifest, entry } };
  return Object.entries(turns).flatMap(([what, turn]) =>
    (['publishObject', 'publishManifest'] as const).map((activity) => ({
      ...{ what: `${activity} with ${what}`, activity },
      input: { ...inputs[activity], permission, turn },
      says: /turn \d+ has passed on/,
    })),
  );
}

export const inventedTurn: Turn = {
  queueId: promotionQueueId,
  workflowId: '$workflowId',
  runId: '$runId',
  token: 1,
};

function withSubject(
  grant: Grant,
  part: Readonly<Record<string, string>> = {},
  kind: Evidence['kind'] = grant.evidence.kind,
): Grant {
  const { evidence } = grant;
  const subject = { ...evidence.subject, ...part, runId: '$runId' };
  return { ...grant, evidence: { ...evidence, kind, subject } };
}
