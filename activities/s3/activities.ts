import { log } from '@temporalio/activity';
import { checkInput } from '../activity-input.ts';
import { currentCall, type CallContext } from '../sts/aws-call.ts';
import type { S3Port } from './port.ts';
import { CopyToTestInput, PinInstallerInput, PublishManifestInput, PublishObjectInput } from './schema.ts';

/**
 * The turn of an input is confirmed by the worker's TurnInterceptor, before any of these runs.
 * @param during the port for one activity: cancelled with it, heartbeating through it
 */
export function createS3Activities(during: (call: CallContext) => S3Port): S3Port {
  return {
    async pinInstaller(input) {
      checkInput(PinInstallerInput, input, 'pinInstaller');
      const pinned = await during(currentCall()).pinInstaller(input);
      log.info('installer pinned', { key: pinned.key, versionId: pinned.versionId, sha256: pinned.sha256 });
      return pinned;
    },
    async copyToTest(input) {
      checkInput(CopyToTestInput, input, 'copyToTest');
      const copied = await during(currentCall()).copyToTest(input);
      log.info('installer in the test bucket', { versionId: copied.versionId, written: copied.written });
      return copied;
    },
    async publishObject(input) {
      checkInput(PublishObjectInput, input, 'publishObject');
      const published = await during(currentCall()).publishObject(input);
      log.info('installer published', { bucket: published.bucket, written: published.written });
      return published;
    },
    async publishManifest(input) {
      checkInput(PublishManifestInput, input, 'publishManifest');
      const result = await during(currentCall()).publishManifest(input);
      log.info('manifest published', { account: input.account, outcome: result.outcome });
      return result;
    },
  };
}
