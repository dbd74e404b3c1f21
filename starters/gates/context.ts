import type { ChangeConfig } from '../../config/change-schema.ts';
import type { Config } from '../../config/parse-config.ts';
import type { Secrets } from '../../config/secrets.ts';
import type { TemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { Log } from '../log.ts';
import type { Counter } from '../metrics.ts';
import type { GateCaller } from './caller.ts';
import type { ChangeRuns } from './change-runs.ts';
import type { VerifyGo } from './verify-go.ts';

export interface GateContext {
  readonly config: Config;
  readonly secrets: Pick<Secrets, 'gateToken'>;
  readonly temporal: Pick<TemporalStarter, 'start' | 'signal'>;
  readonly runs: ChangeRuns;
  /** The check at the point of use: no `go` leaves this process without it. */
  readonly verify: VerifyGo;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  /** `lockkeeper_gates_total{route,result}`. */
  readonly counter: Counter;
  /** Of GitLab's keys, ms. Default 5,000. */
  readonly loginTimeoutMs?: number | undefined;
}

/** One call, after its caller was identified. */
export interface GateCall {
  readonly caller: GateCaller;
  readonly change: ChangeConfig;
  readonly context: GateContext;
}

export interface GateReply {
  readonly status: 200 | 202;
  /** A word for the metrics. */
  readonly result: string;
  readonly workflowId: string | null;
  readonly body: object;
}
