import { randomUUID } from 'node:crypto';
import type { Accounts } from './accounts.ts';
import type { CiDefinition, JobRunner } from './ci-definition.ts';
import { createCommitStatuses, type CommitStatuses } from './commit-status.ts';
import { deploymentEvent } from './deployment-event.ts';
import { deploymentStatus } from './deployment.ts';
import { createMergeRequestStore, type MergeRequestStore } from './merge-request.ts';
import type { Job } from './pipeline.ts';
import { createPipelineScheduler, type PipelineScheduler } from './pipeline-scheduler.ts';
import { createPipelineStore, type PipelineStore } from './pipeline-store.ts';
import { createHook, wants, type HookInput, type HookTrigger, type ProjectHook } from './project-hook.ts';
import type { GitlabProject } from './project.ts';
import { createRepository, type Repository } from './repository.ts';
import { createStatusChecks, type StatusChecks } from './status-checks.ts';
import { jobEvent, pipelineEvent } from './webhook-bodies.ts';
import type { Delivery, WebhookEvent, WebhookSender } from './webhook-delivery.ts';

export interface ProjectStateOptions {
  readonly project: GitlabProject;
  readonly ci: CiDefinition;
  readonly jobRunner: JobRunner;
  readonly hooks: readonly HookInput[];
  readonly accounts: Accounts;
  /** Shared by all projects. */
  readonly sender: WebhookSender;
  readonly now: () => Date;
}

/** Everything of one project that a reset throws away. */
export interface ProjectState {
  readonly project: GitlabProject;
  readonly accounts: Accounts;
  readonly repository: Repository;
  readonly mergeRequests: MergeRequestStore;
  readonly commitStatuses: CommitStatuses;
  readonly statusChecks: StatusChecks;
  readonly store: PipelineStore;
  readonly scheduler: PipelineScheduler;
  readonly hooks: ProjectHook[];
  /** Report findings that somebody dismissed, by their ids. */
  readonly dismissed: Set<string>;
  /** A push takes the approvals of a merge request away; off, so that commits after an approval can be seen (C-21). */
  resetApprovalsOnPush: boolean;
  readonly now: () => Date;
  /** Throws GitLab's 400 or 422. */
  addHook(input: unknown): ProjectHook;
  publish(trigger: HookTrigger, instance: string, body: () => object): void;
  /** Sends the newest pipeline or job as an example; undefined when there is none. */
  testHook(hook: ProjectHook, trigger: HookTrigger): Promise<Delivery | undefined>;
  stop(): Promise<void>;
}

const eventNames: Readonly<Record<HookTrigger, WebhookEvent['name']>> = {
  pipeline_events: 'Pipeline Hook',
  job_events: 'Job Hook',
  deployment_events: 'Deployment Hook',
  merge_requests_events: 'Merge Request Hook',
  push_events: 'Push Hook',
};

export function createProjectState(options: ProjectStateOptions): ProjectState {
  const { project, accounts, sender, now } = options;
  const store = createPipelineStore(project, options.ci, now);
  const hooks: ProjectHook[] = [];

  function publish(trigger: HookTrigger, instance: string, body: () => object) {
    const hearers = hooks.filter((hook) => wants(hook, trigger));
    if (hearers.length === 0) return;
    const published = toEvent(trigger, instance, body());
    for (const hook of hearers) void sender.send(hook, published);
  }

  function jobChanged(job: Job) {
    const { baseUrl } = job.pipeline;
    publish('job_events', baseUrl, () => jobEvent(job, project));
    const told = job.definition.environment !== undefined && job.status !== 'canceling';
    if (!told || ['created', 'skipped'].includes(deploymentStatus(job))) return;
    publish('deployment_events', baseUrl, () => deploymentEvent(job, project, now()));
  }

  const scheduler = createPipelineScheduler({
    ...{ project, jobRunner: options.jobRunner, now, jobChanged },
    pipelineChanged: (pipeline) =>
      publish('pipeline_events', pipeline.baseUrl, () => pipelineEvent(pipeline, project)),
  });

  function addHook(input: unknown): ProjectHook {
    const id = Math.max(project.firstIds.hook - 1, lastHookId) + 1;
    const hook = createHook(id, input, now());
    lastHookId = id;
    hooks.push(hook);
    return hook;
  }
  let lastHookId = 0;

  async function testHook(hook: ProjectHook, trigger: HookTrigger) {
    const pipeline = store.pipelines.at(-1);
    const job = pipeline?.jobs.at(-1);
    if (!pipeline || !job) return undefined;
    hook.failures = 0;
    hook.disabledUntil = null;
    const body = trigger === 'job_events' ? jobEvent(job, project) : pipelineEvent(pipeline, project);
    return sender.send(hook, toEvent(trigger, pipeline.baseUrl, body));
  }

  for (const hook of options.hooks) addHook(hook);
  return {
    ...{ project, accounts, store, scheduler, hooks, now, addHook, publish, testHook },
    repository: createRepository(project),
    mergeRequests: createMergeRequestStore(project.id),
    commitStatuses: createCommitStatuses(now),
    statusChecks: createStatusChecks(now),
    dismissed: new Set(),
    resetApprovalsOnPush: false,
    stop: () => scheduler.stop(),
  };
}

function toEvent(trigger: HookTrigger, instance: string, body: object): WebhookEvent {
  return { name: eventNames[trigger], uuid: randomUUID(), instance, body };
}
