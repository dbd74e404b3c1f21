import { createFailure } from '../../workflows/shared/failures.ts';
import type { CallContext } from '../sts/aws-call.ts';
import { copyObject, type Copy } from './copy-object.ts';
import type { PinnedObject } from './port.ts';
import { headObject, urlOf, type StoredObject } from './stored-object.ts';

const tries = 3;

/**
 * Looks, adopts what is right already, else copies under a condition. Another writer in between, or our own earlier try
 * whose answer was lost, makes it look again.
 * @param mayAdopt whether what is there holds the pinned bytes; throws when it must not be replaced
 */
export async function copyOnce(
  copy: Omit<Copy, 'replaces'>,
  mayAdopt: (there: StoredObject) => Promise<boolean>,
  call: CallContext,
): Promise<PinnedObject & { written: boolean }> {
  const { key } = copy.pinned;
  const target = { ...copy.pinned, bucket: copy.to.name };
  for (let left = tries; left > 0; left -= 1) {
    const there = await headObject(copy.to, key, call);
    if (there && (await mayAdopt(there))) return { ...target, versionId: there.versionId, written: false };
    const versionId = await copyObject({ ...copy, replaces: there }, call);
    if (versionId !== undefined) return { ...target, versionId, written: true };
  }
  throw createFailure(
    'Conflict',
    `s3: ${urlOf(copy.to, key)} was changed by somebody else ${tries} times while it was being written`,
    { details: { system: 's3', action: `write ${urlOf(copy.to, key)}` } },
  );
}
