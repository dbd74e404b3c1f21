/** What the passes over a connection's incidents are asked, by schedules and by the CLI, and what they answer. */

export interface IncidentSweepInput {
  /** Name in the worker's configuration. */
  readonly connection: string;
  /** Every open case, whether it changed or not (`sync backfill`). Default: what changed. */
  readonly full?: boolean;
  /** Tells nobody: only lists. */
  readonly dryRun?: boolean;
}

export interface IncidentSweepReport {
  readonly listed: number;
  readonly open: number;
  /** Runs that were told, or would be. */
  readonly told: number;
}

export interface IncidentDriftInput {
  readonly connection: string;
  /** Compares, and writes nothing (`sync drift`). Default: what differs is mended, too. */
  readonly dryRun?: boolean;
}

export interface IncidentDriftReport {
  readonly compared: number;
  /** Runs that did not look in time: paused, or their vendor did not answer. */
  readonly silent: number;
  readonly differences: readonly {
    readonly caseId: string;
    readonly issueKey: string | null;
    /** What differs: keys of the mapping, `status`, `comments`, `attachments`; never a value. */
    readonly differs: readonly string[];
  }[];
}
