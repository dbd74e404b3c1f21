import { stagesOf, type JobRunner } from './ci-definition.ts';
import { executeJob, forcedEnd, type JobEnd, type JobExecution } from './job-execution.ts';
import {
  compositeStatus,
  isFinal,
  isIgnored,
  latestJobs,
  type CiStatus,
  type FinalStatus,
  type Job,
  type Pipeline,
} from './pipeline.ts';
import type { GitlabProject } from './project.ts';
import { createResourceGroups } from './resource-groups.ts';

export interface SchedulerOptions {
  readonly project: GitlabProject;
  readonly jobRunner: JobRunner;
  readonly now: () => Date;
  /** Called after each change of status, before the next one. */
  jobChanged(job: Job): void;
  pipelineChanged(pipeline: Pipeline): void;
}

/** Moves jobs through `created → pending → running → success | failed | canceled`, stage by stage. */
export interface PipelineScheduler {
  /** Starts whatever may start in a new pipeline. */
  advance(pipeline: Pipeline): void;
  /** Starts a pipeline again that a job was added to; jobs it had skipped get their chance. */
  resume(pipeline: Pipeline): void;
  cancel(job: Job): void;
  /** Starts a manual job that waits for it. */
  play(job: Job): void;
  /** The runner's word for a job that runs, waits or has ended already; resolves when it is so. */
  settle(job: Job, end: JobEnd): Promise<void>;
  /** Last stage first: a stage that was cancelled must not make the next one start. */
  cancelAll(pipeline: Pipeline): void;
  /** Ends every unfinished job with this status; resolves when the pipeline has ended. */
  force(pipeline: Pipeline, status: FinalStatus): Promise<void>;
  /** While on, jobs stay pending: the runner is offline. */
  hold(on: boolean): void;
  /** Aborts what runs and waits for the runner; nothing changes any more. */
  stop(): Promise<void>;
}

// A job leaves `pending` by its own set, not by its status: `offer` may come twice and must start it once.
export function createPipelineScheduler(options: SchedulerOptions): PipelineScheduler {
  const groups = createResourceGroups();
  const pending = new Set<Job>();
  const running = new Map<Job, { execution: JobExecution; settled: Promise<void> }>();
  let held = false;
  let stopped = false;

  function setStatus(job: Job, status: CiStatus) {
    const now = options.now();
    job.status = status;
    if (status === 'pending') job.pendingAt = now;
    if (status === 'running') job.startedAt = now;
    if (isFinal(status)) job.finishedAt = now;
    options.jobChanged(job);
    refresh(job.pipeline, now);
  }

  function refresh(pipeline: Pipeline, now: Date) {
    const status = compositeStatus(latestJobs(pipeline));
    if (status === pipeline.status) return;
    pipeline.status = status;
    pipeline.updatedAt = now;
    if (status === 'running') pipeline.startedAt ??= now;
    pipeline.finishedAt = isFinal(status) ? now : null;
    options.pipelineChanged(pipeline);
  }

  function advance(pipeline: Pipeline) {
    const jobs = latestJobs(pipeline);
    for (const stage of stagesOf(pipeline.jobs.map((job) => job.definition))) {
      const inStage = jobs.filter((job) => job.definition.stage === stage);
      inStage.forEach(enqueue);
      if (inStage.some((job) => !isFinal(job.status) && !isIgnored(job))) return;
      if (inStage.some((job) => job.status !== 'success' && !isIgnored(job))) return jobs.forEach(skip);
    }
  }

  function resume(pipeline: Pipeline) {
    for (const job of latestJobs(pipeline)) {
      if (job.status !== 'skipped' && job.status !== 'created') continue;
      job.finishedAt = null;
      setStatus(job, 'created');
    }
    advance(pipeline);
  }

  function skip(job: Job) {
    if (job.status === 'created') setStatus(job, 'skipped');
  }

  function enqueue(job: Job) {
    if (job.status !== 'created') return;
    if (job.definition.manual) setStatus(job, 'manual');
    else take(job);
  }

  function take(job: Job) {
    if (groups.acquire(job)) makePending(job);
    else setStatus(job, 'waiting_for_resource');
  }

  function makePending(job: Job) {
    pending.add(job);
    setStatus(job, 'pending');
    offer(job);
  }

  /** A runner asks for work a moment later, so that `pending` can be seen. */
  function offer(job: Job) {
    setImmediate(() => {
      if (!held && !stopped && pending.delete(job)) run(job);
    });
  }

  function run(job: Job) {
    setStatus(job, 'running');
    const execution = executeJob(job, options.project, options.jobRunner);
    const settled = execution.ended.then((end) => {
      running.delete(job);
      if (!stopped) finish(job, end);
    });
    running.set(job, { execution, settled });
  }

  function finish(job: Job, end: JobEnd) {
    pending.delete(job);
    job.trace = end.trace;
    job.failureReason = end.failureReason;
    job.artifacts = end.artifacts ?? {};
    setStatus(job, end.status);
    const next = groups.release(job);
    if (next) makePending(next);
    advance(job.pipeline);
  }

  function cancel(job: Job) {
    if (isFinal(job.status) || job.status === 'canceling' || job.status === 'manual') return;
    const work = running.get(job);
    if (!work) return finish(job, { status: 'canceled', trace: '', failureReason: null });
    setStatus(job, 'canceling');
    work.execution.cancel();
  }

  function cancelAll(pipeline: Pipeline) {
    latestJobs(pipeline).reverse().forEach(cancel);
  }

  async function force(pipeline: Pipeline, status: FinalStatus) {
    const ends: Promise<void>[] = [];
    for (const job of latestJobs(pipeline)) {
      const work = running.get(job);
      if (work) {
        work.execution.force(forcedEnd(status));
        ends.push(work.settled);
      } else if (!isFinal(job.status) && job.status !== 'manual') finish(job, forcedEnd(status));
    }
    await Promise.all(ends);
  }

  async function settle(job: Job, end: JobEnd) {
    const work = running.get(job);
    work?.execution.force(end);
    if (work) return work.settled;
    const failedBefore = isFinal(job.status) && job.status !== 'success';
    finish(job, end);
    if (failedBefore) resume(job.pipeline);
  }

  function hold(on: boolean) {
    held = on;
    if (!on) pending.forEach(offer);
  }

  async function stop() {
    stopped = true;
    for (const { execution } of running.values()) execution.cancel();
    await Promise.all([...running.values()].map((work) => work.settled));
  }

  return { advance, resume, cancel, play: take, settle, cancelAll, force, hold, stop };
}
