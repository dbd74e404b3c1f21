import type { WorkflowHandle } from '@temporalio/client';
import type { S3Port } from '../../activities/s3/port.ts';
import type { PromotionPolicy } from '../../workflows/agent-promotion/messages.ts';
import type { Grant } from '../../workflows/approval/messages.ts';
import { promotionQueueId } from '../../workflows/shared/names.ts';
import type { Turn } from '../../workflows/shared/turn.ts';
import { readInputs } from './decision-attacks.ts';
import type { ForeignCall } from './foreign-workflow.ts';

type ObjectInput = Omit<Parameters<S3Port['publishObject']>[0], 'turn'>;
type ManifestInput = Omit<Parameters<S3Port['publishManifest']>[0], 'turn'>;
type RollbackInput = Omit<Parameters<S3Port['rollBackManifest']>[0], 'turn'>;

/** What a promotion once wrote to production with, as its history keeps it for everybody who may read the namespace. */
export interface Loot {
  readonly object: ObjectInput;
  readonly manifest: ManifestInput;
  readonly turn: Turn;
}

export async function readLoot(handle: WorkflowHandle): Promise<Loot> {
  const [object] = await readInputs(handle, 'publishObject');
  const [manifest] = await readInputs(handle, 'publishManifest');
  if (!object || !manifest) throw new Error(`${handle.workflowId} published nothing`);
  const { turn, ...input } = object as ObjectInput & { turn: Turn };
  const { turn: _, ...entry } = manifest as ManifestInput & { turn: Turn };
  return { object: input, manifest: entry, turn };
}

const own = { workflow_id: '$workflowId', run_id: '$runId' };

/** Every way to use the loot in a run that has the turn; none of them may write. By what is said of it. */
export function callsWithTurn({ object, manifest }: Loot): readonly (ForeignCall & { says: RegExp })[] {
  const { permission } = object;
  const { grant, policy } = permission;
  if (!grant || !policy.rollback) throw new Error('the loot has no grant');
  const adapted = withEvidence(grant, {});
  const rollback: RollbackInput = {
    account: object.account,
    fromVersion: object.version,
    toVersion: '0.0.1',
    entry: { ...manifest.entry, ...own },
    permission,
  };
  const taken = {
    ...withEvidence(grant, { fromVersion: object.version, toVersion: '0.0.1' }),
    policy: policy.rollback,
  };
  const forRollback = { ...taken, evidence: { ...taken.evidence, kind: 'promotion-rollback' as const } };
  const entry = { ...manifest.entry, ...own };
  const variants: readonly (readonly [string, Partial<typeof permission>, RegExp])[] = [
    ['as it was', {}, /given to another run/],
    ['for this run', { grant: adapted }, /does not stand.*stale-evidence/],
    ['without a grant', { grant: null }, /is missing/],
    ['under a lax policy', { policy: { ...policy, approval: null }, grant: null }, /not this worker's/],
  ];
  return [
    ...variants.flatMap(([what, part, says]) => [
      call(`object ${what}`, 'publishObject', { ...object, permission: { ...permission, ...part } }, says),
      call(
        `manifest ${what}`,
        'publishManifest',
        { ...manifest, entry, permission: { ...permission, ...part } },
        says,
      ),
    ]),
    call('rollback as it was', 'rollBackManifest', { ...rollback }, /under other rules/),
    call(
      'rollback for this run',
      'rollBackManifest',
      { ...rollback, permission: { ...permission, grant: forRollback } },
      /does not stand.*stale-evidence/,
    ),
    call(
      'rollback without a grant',
      'rollBackManifest',
      { ...rollback, permission: { ...permission, grant: null } },
      /is missing/,
    ),
  ];
}

/** Nobody has to approve what a fully automatic policy allows: the turn is what is left. */
export function automaticCalls(
  { object, manifest }: Loot,
  policy: PromotionPolicy,
  turns: Readonly<Record<string, Turn>>,
): readonly (ForeignCall & { says: RegExp })[] {
  const permission = { policy, wave: 'wave-1', grant: null, exception: null };
  const entry = { ...manifest.entry, ...own, approval: null, entry_id: 'somebody-else/0' };
  return Object.entries(turns).flatMap(([what, turn]) => [
    call(`object with ${what}`, 'publishObject', { ...object, permission, turn }, /turn \d+ has passed on/),
    call(
      `manifest with ${what}`,
      'publishManifest',
      { ...manifest, entry, permission, turn },
      /turn \d+ has passed on/,
    ),
  ]);
}

export const inventedTurn: Turn = {
  queueId: promotionQueueId,
  workflowId: '$workflowId',
  runId: '$runId',
  token: 1,
};

function call(what: string, activity: ForeignCall['activity'], input: ForeignCall['input'], says: RegExp) {
  return { what, activity, input, says };
}

function withEvidence(grant: Grant, part: Readonly<Record<string, string>>): Grant {
  const { evidence } = grant;
  return { ...grant, evidence: { ...evidence, subject: { ...evidence.subject, ...part, runId: '$runId' } } };
}
