/** One job of the CI file, as far as the stand-in runs it. */
export interface CiJob {
  readonly name: string;
  readonly stage: string;
  /** The `script` lines joined with newlines: one shell text. */
  readonly script: string;
  /** Jobs of one resource group run one at a time, over all pipelines of the project. */
  readonly resourceGroup?: string;
  readonly timeoutSeconds: number;
  /** `when: manual`: waits until a person plays it. */
  readonly manual?: boolean;
  /** What it does not spoil by failing, nor hold up by waiting; GitLab's default for manual jobs. */
  readonly allowFailure?: boolean;
  readonly environment?: string;
  /** Kind of report → its path: `{ sast: 'gl-sast-report.json' }`. */
  readonly reports?: Readonly<Record<string, string>>;
}

/** Stages run in the order in which the jobs first name them. */
export interface CiDefinition {
  /** `workflow:name`; `$NAME` and `${NAME}` are filled from the pipeline's variables. */
  readonly workflowName?: string;
  readonly jobs: readonly CiJob[];
}

/** What the runner is given. */
export interface JobRun {
  readonly id: number;
  readonly name: string;
  readonly script: string;
  /** Predefined `CI_*` variables, then the pipeline's own, which win. */
  readonly variables: Readonly<Record<string, string>>;
  /** Aborted on cancel, timeout, a forced outcome and when the stand-in stops: the runner must end then. */
  readonly signal: AbortSignal;
}

/** `success` is exit code 0; the trace is the log, stdout and stderr as they came. */
export interface JobResult {
  readonly status: 'success' | 'failed';
  readonly trace: string;
  /** Path → content. */
  readonly artifacts?: Readonly<Record<string, string>>;
}

/** What a GitLab runner does: run the script somewhere safe and answer its end and its log. */
export type JobRunner = (job: JobRun) => Promise<JobResult>;

export function stagesOf(jobs: readonly CiJob[]): string[] {
  return [...new Set(jobs.map((job) => job.stage))];
}

/** Unknown names become empty, as in a shell. */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_whole, braced?: string, bare?: string) => {
    return variables[braced ?? bare ?? ''] ?? '';
  });
}
