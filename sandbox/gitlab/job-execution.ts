import { expandJob } from './job-variables.ts';
import type { JobResult, JobRunner } from './ci-definition.ts';
import type { FinalStatus, Job } from './pipeline.ts';
import type { GitlabProject } from './project.ts';

/** `failureReason` in GitLab's words: `script_failure`, `job_execution_timeout`, `runner_system_failure`. */
export interface JobEnd {
  readonly status: FinalStatus;
  readonly trace: string;
  readonly failureReason: string | null;
  readonly artifacts?: Readonly<Record<string, string>>;
}

/** A job in the runner's hands. `ended` never rejects. */
export interface JobExecution {
  readonly ended: Promise<JobEnd>;
  /** Asks the runner to stop; the job ends when the runner does. */
  cancel(): void;
  /** Ends the job as told, whatever the runner says later. */
  force(end: JobEnd): void;
}

/** Hands a job to the runner, bounded by the job's timeout. */
export function executeJob(job: Job, project: GitlabProject, runner: JobRunner): JobExecution {
  const stopper = new AbortController();
  const { promise: decided, resolve: decide } = Promise.withResolvers<JobEnd>();
  const timer = setTimeout(() => decide(timedOut(job)), job.definition.timeoutSeconds * 1000);
  let canceled = false;

  async function run(): Promise<JobEnd> {
    try {
      const result = await runner(expandJob(job, project, stopper.signal));
      return canceled ? { status: 'canceled', trace: result.trace, failureReason: null } : endOf(result);
    } catch (error) {
      if (canceled) return { status: 'canceled', trace: 'canceled', failureReason: null };
      return { status: 'failed', trace: `ERROR: ${String(error)}`, failureReason: 'runner_system_failure' };
    }
  }

  const ended = Promise.race([run(), decided]).finally(() => {
    clearTimeout(timer);
    stopper.abort();
  });
  return {
    ended,
    cancel() {
      canceled = true;
      stopper.abort();
    },
    force: decide,
  };
}

function endOf({ status, trace, artifacts = {} }: JobResult): JobEnd {
  return { status, trace, artifacts, failureReason: status === 'failed' ? 'script_failure' : null };
}

export function forcedEnd(status: FinalStatus): JobEnd {
  const failureReason = status === 'failed' ? 'script_failure' : null;
  return { status, trace: `sandbox: forced to ${status}`, failureReason };
}

function timedOut(job: Job): JobEnd {
  const trace = `ERROR: Job failed: execution took longer than ${job.definition.timeoutSeconds} seconds`;
  return { status: 'failed', trace, failureReason: 'job_execution_timeout' };
}
