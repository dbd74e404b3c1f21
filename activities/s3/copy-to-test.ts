import type { CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import type { UploadSize } from './copy-object.ts';
import { copyOnce } from './copy-once.ts';
import type { PinnedObject } from './port.ts';

/** See S3Port.copyToTest. Only Agent-Deploy writes there, so that our own metadata is believed; the instance hashes the bytes again. */
export async function copyToTest(
  { soc, test, upload }: { soc: Bucket; test: Bucket; upload: UploadSize },
  pinned: PinnedObject,
  call: CallContext,
): Promise<PinnedObject & { written: boolean }> {
  return copyOnce(
    { from: soc, pinned, to: test, upload },
    async (there) => there.claimedSha256 === pinned.sha256 && there.size === pinned.size,
    call,
  );
}
