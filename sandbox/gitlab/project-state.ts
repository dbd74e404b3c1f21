import { randomUUID } from 'node:crypto';
import type { CiDefinition, JobRunner } from './ci-definition.ts';
import { createPipelineScheduler, type PipelineScheduler } from './pipeline-scheduler.ts';
import { createPipelineStore, type PipelineStore } from './pipeline-store.ts';
import { createHook, wants, type HookInput, type HookTrigger, type ProjectHook } from './project-hook.ts';
import type { GitlabProject } from './project.ts';
import { jobEvent, pipelineEvent } from './webhook-bodies.ts';
import {
  createWebhookSender,
  type Delivery,
  type DeliveryOptions,
  type WebhookEvent,
  type WebhookSender,
} from './webhook-delivery.ts';

export interface ProjectStateOptions {
  readonly project: GitlabProject;
  readonly ci: CiDefinition;
  readonly jobRunner: JobRunner;
  readonly hooks: readonly HookInput[];
  readonly delivery: DeliveryOptions;
  readonly now: () => Date;
}

/** Everything that a reset throws away. */
export interface ProjectState {
  readonly project: GitlabProject;
  readonly store: PipelineStore;
  readonly scheduler: PipelineScheduler;
  readonly sender: WebhookSender;
  readonly hooks: ProjectHook[];
  readonly now: () => Date;
  /** Throws GitLab's 400 or 422. */
  addHook(input: unknown): ProjectHook;
  /** Sends the newest pipeline or job as an example; undefined when there is none. */
  testHook(hook: ProjectHook, trigger: HookTrigger): Promise<Delivery | undefined>;
  stop(): Promise<void>;
}

export function createProjectState(options: ProjectStateOptions): ProjectState {
  const { project, now } = options;
  const store = createPipelineStore(project, options.ci, now);
  const sender = createWebhookSender({ ...options.delivery, now });
  const hooks: ProjectHook[] = [];
  let lastHookId = 0;

  function publish(trigger: HookTrigger, event: () => WebhookEvent) {
    const hearers = hooks.filter((hook) => wants(hook, trigger));
    if (hearers.length === 0) return;
    const published = event();
    for (const hook of hearers) void sender.send(hook, published);
  }

  const scheduler = createPipelineScheduler({
    ...{ project, jobRunner: options.jobRunner, now },
    jobChanged: (job) => publish('job_events', () => jobHook(job.pipeline.baseUrl, jobEvent(job, project))),
    pipelineChanged: (pipeline) =>
      publish('pipeline_events', () => pipelineHook(pipeline.baseUrl, pipelineEvent(pipeline, project))),
  });

  function addHook(input: unknown): ProjectHook {
    const hook = createHook((lastHookId += 1), input, now());
    hooks.push(hook);
    return hook;
  }

  async function testHook(hook: ProjectHook, trigger: HookTrigger) {
    const pipeline = store.pipelines.at(-1);
    const job = pipeline?.jobs.at(-1);
    if (!pipeline || !job) return undefined;
    hook.failures = 0;
    hook.disabledUntil = null;
    const isJob = trigger === 'job_events';
    if (isJob) return sender.send(hook, jobHook(pipeline.baseUrl, jobEvent(job, project)));
    return sender.send(hook, pipelineHook(pipeline.baseUrl, pipelineEvent(pipeline, project)));
  }

  async function stop() {
    await Promise.all([scheduler.stop(), sender.stop()]);
  }

  for (const hook of options.hooks) addHook(hook);
  return { project, store, scheduler, sender, hooks, now, addHook, testHook, stop };
}

function pipelineHook(instance: string, body: object): WebhookEvent {
  return { name: 'Pipeline Hook', uuid: randomUUID(), instance, body };
}

function jobHook(instance: string, body: object): WebhookEvent {
  return { name: 'Job Hook', uuid: randomUUID(), instance, body };
}
