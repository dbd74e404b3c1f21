import type { Accounts } from './accounts.ts';
import type { CiDefinition, JobRunner } from './ci-definition.ts';
import { createIdTokens, type IdTokens } from './id-token.ts';
import type { HookInput } from './project-hook.ts';
import { createProjectState, type ProjectState } from './project-state.ts';
import type { GitlabProject } from './project.ts';
import type { Pipeline } from './pipeline.ts';
import { createScriptedRunner, type ScriptedRunner } from './scripted-runner.ts';
import { createWebhookSender, type DeliveryOptions, type WebhookSender } from './webhook-delivery.ts';

export interface ServedProject {
  readonly project: GitlabProject;
  readonly ci: CiDefinition;
  /** Absent: the scripted one. */
  readonly jobRunner?: JobRunner;
  readonly hooks: readonly HookInput[];
}

/** Everything that a reset throws away. */
export interface GitlabWorld {
  readonly projects: readonly ProjectState[];
  readonly sender: WebhookSender;
  readonly scripted: ScriptedRunner;
  readonly idTokens: IdTokens;
  /** @throws unknown */
  projectOf(id: string | number): ProjectState;
  /** Of any project. @throws unknown */
  pipelineOf(id: number): { readonly state: ProjectState; readonly pipeline: Pipeline };
  stop(): Promise<void>;
}

export function createGitlabWorld(options: {
  readonly served: readonly ServedProject[];
  readonly accounts: Accounts;
  readonly delivery: DeliveryOptions;
  readonly now: () => Date;
}): GitlabWorld {
  const { accounts, now } = options;
  const sender = createWebhookSender({ ...options.delivery, now });
  const scriptedCi = { jobs: options.served.flatMap(({ ci, jobRunner }) => (jobRunner ? [] : ci.jobs)) };
  const scripted = createScriptedRunner(scriptedCi, now);
  const projects = options.served.map(({ jobRunner = scripted.run, ...served }) =>
    createProjectState({ ...served, jobRunner, accounts, sender, now }),
  );

  function projectOf(id: string | number): ProjectState {
    const state = projects.find(({ project }) => String(project.id) === String(id) || project.path === id);
    return state ?? raise(`project ${id}: one of ${projects.map(({ project }) => project.path).join(', ')}`);
  }

  function pipelineOf(id: number) {
    const found = projects.flatMap((state) =>
      state.store.pipelines.filter((one) => one.id === id).map((pipeline) => ({ state, pipeline })),
    )[0];
    return found ?? raise(`pipeline ${id}: there is none`);
  }

  async function stop() {
    await Promise.all([...projects.map((state) => state.stop()), sender.stop()]);
  }

  return { projects, sender, scripted, idTokens: createIdTokens(now), projectOf, pipelineOf, stop };
}

function raise(message: string): never {
  throw new Error(message);
}
