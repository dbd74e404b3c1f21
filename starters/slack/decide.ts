import { GatewayRefusal, type DecisionGateway, type SaidDecision } from '../decisions/gateway.ts';
import type { Log } from '../log.ts';

/** @returns undefined when it was taken: what becomes of it is shown by the workflow. Else what to tell the person */
export type Decide = (said: Omit<SaidDecision, 'via'>) => Promise<string | undefined>;

const notTaken =
  'It was not taken: a system that is needed for it does not answer. Try again, or decide on the Jira ticket or with the CLI.';

/** Hands a decision to the gateway, which signs and signals: no worker is asked, so that a click counts while none runs. */
export function createDecide(gateway: DecisionGateway, log: Log): Decide {
  return async (said) => {
    try {
      await gateway.send({ ...said, via: 'slack' });
      return undefined;
    } catch (error) {
      if (error instanceof GatewayRefusal) return `Refused (${error.rule}): ${error.message}`;
      const reason = error instanceof Error ? error.message : String(error);
      log('error', 'slack decision not taken', {
        workflowId: said.workflowId,
        requestId: said.requestId,
        reason,
      });
      return notTaken;
    }
  };
}
