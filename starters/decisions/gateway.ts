import type { RefusalRule, Verb, Via } from '../../workflows/approval/messages.ts';

/** What a person said, after he was identified. */
export interface SaidDecision {
  readonly workflowId: string;
  readonly requestId: string;
  /** The digest of what he was shown. */
  readonly evidenceDigest: string;
  /** `<name>@<version>` of the request. */
  readonly policy: string;
  readonly verb: Verb;
  /** Name of a person in the configuration. */
  readonly principal: string;
  /** Asks to be counted for this person; left out: worked out from the delegations. */
  readonly actingFor?: string;
  readonly via: Extract<Via, 'slack' | 'cli'>;
  /** The vendor's id of the click or call: the same id gives the same jti. */
  readonly sourceEventId: string;
  readonly reason: string | null;
  readonly until?: string | null;
  /** Id of one of the evidence's choices. */
  readonly choice?: string;
}

export interface SentDecision {
  readonly jti: string;
  readonly principal: string;
  readonly actingFor: string | null;
}

/** The only maker of envelopes: signs what an identified person said and hands it to Temporal, which keeps it while no worker runs. */
export interface DecisionGateway {
  /** @throws GatewayRefusal; anything else means that Temporal did not accept it */
  send(said: SaidDecision): Promise<SentDecision>;
}

/** Answered to the person at once: nothing was signed. */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal';
  readonly rule: RefusalRule | 'unmapped' | 'not-running' | 'unknown-policy';

  constructor(rule: GatewayRefusal['rule'], text: string) {
    super(text);
    this.rule = rule;
  }
}
