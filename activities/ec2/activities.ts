import { log } from '@temporalio/activity';
import { checkInput } from '../activity-input.ts';
import { currentCall, type CallContext } from '../sts/aws-call.ts';
import type { Ec2Port } from './port.ts';
import {
  AwaitTestResultInput,
  LaunchTestInstanceInput,
  TerminateByKeyInput,
  TerminateInstanceInput,
} from './schema.ts';

/**
 * The turn of a launch is confirmed by the worker's TurnInterceptor, before it runs.
 * @param during the port for one activity: cancelled with it, heartbeating through it
 */
export function createEc2Activities(during: (call: CallContext) => Ec2Port): Ec2Port {
  return {
    async launchTestInstance(input) {
      checkInput(LaunchTestInstanceInput, input, 'launchTestInstance');
      const instance = await during(currentCall()).launchTestInstance(input);
      log.info('test instance launched', { instanceId: instance.instanceId, adopted: instance.adopted });
      return instance;
    },
    async awaitTestResult(input) {
      checkInput(AwaitTestResultInput, input, 'awaitTestResult');
      const result = await during(currentCall()).awaitTestResult(input);
      log.info('test result', { instanceId: input.instance.instanceId, verdict: result.verdict });
      return result;
    },
    async terminateInstance(input) {
      checkInput(TerminateInstanceInput, input, 'terminateInstance');
      await during(currentCall()).terminateInstance(input);
      log.info('test instance terminated', { instanceId: input.instanceId });
    },
    async terminateByKey(input) {
      checkInput(TerminateByKeyInput, input, 'terminateByKey');
      const result = await during(currentCall()).terminateByKey(input);
      log.info('test instances of a key terminated', { instanceIds: result.instanceIds });
      return result;
    },
    async listOwnInstances() {
      return during(currentCall()).listOwnInstances();
    },
  };
}
