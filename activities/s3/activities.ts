import { activityInfo, log } from '@temporalio/activity';
import { createFailure } from '../../workflows/shared/failures.ts';
import { checkInput } from '../activity-input.ts';
import type { Execution } from '../decisions/permission.ts';
import { currentCall, type CallContext } from '../sts/aws-call.ts';
import type { S3Port } from './port.ts';
import {
  CopyToTestInput,
  FindDriftInput,
  PinInstallerInput,
  PublishManifestInput,
  PublishObjectInput,
  ReadAccountInput,
  RollBackManifestInput,
} from './schema.ts';

/**
 * The turn of an input is confirmed by the worker's TurnInterceptor, before any of these runs.
 * @param during the port for one activity: cancelled with it, heartbeating through it
 */
export function createS3Activities(during: (call: CallContext, execution: Execution) => S3Port): S3Port {
  const here = () => during(currentCall(), currentExecution());
  return {
    async pinInstaller(input) {
      checkInput(PinInstallerInput, input, 'pinInstaller');
      const pinned = await here().pinInstaller(input);
      log.info('installer pinned', { key: pinned.key, versionId: pinned.versionId, sha256: pinned.sha256 });
      return pinned;
    },
    async copyToTest(input) {
      checkInput(CopyToTestInput, input, 'copyToTest');
      const copied = await here().copyToTest(input);
      log.info('installer in the test bucket', { versionId: copied.versionId, written: copied.written });
      return copied;
    },
    async publishObject(input) {
      checkInput(PublishObjectInput, input, 'publishObject');
      const published = await here().publishObject(input);
      log.info('installer published', { bucket: published.bucket, written: published.written });
      return published;
    },
    async publishManifest(input) {
      checkInput(PublishManifestInput, input, 'publishManifest');
      const result = await here().publishManifest(input);
      log.info('manifest published', { account: input.account, outcome: result.outcome });
      return result;
    },
    async readAccount(input) {
      checkInput(ReadAccountInput, input, 'readAccount');
      return here().readAccount(input);
    },
    async findDrift(input) {
      checkInput(FindDriftInput, input, 'findDrift');
      const differences = await here().findDrift(input);
      if (differences.length > 0) log.warn('drift', { account: input.account, differences });
      return differences;
    },
    async rollBackManifest(input) {
      checkInput(RollBackManifestInput, input, 'rollBackManifest');
      const result = await here().rollBackManifest(input);
      const { account, toVersion } = input;
      log.info('manifest rolled back', { account, toVersion, outcome: result.outcome });
      return result;
    },
  };
}

/** The run that the server gave this task to: what people approved is compared with it. */
function currentExecution(): Execution {
  const { workflowExecution } = activityInfo();
  if (workflowExecution) return workflowExecution;
  throw createFailure('PolicyViolation', 'this activity belongs to a workflow: it cannot be started alone');
}
