import path from 'node:path';
import {
  gitlabPerson,
  type JobView,
  type MergedChange,
  type StartedPipeline,
} from '../../sandbox/drive/gitlab-person.ts';
import { slackPerson, type SlackMessageView } from '../../sandbox/drive/slack-person.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { decisions, requests, type RequestView } from '../../workflows/approval/messages.ts';
import { gate, type GateState, type GateView } from '../../workflows/change-approval/messages.ts';
import { changeApprovalId } from '../../workflows/shared/names.ts';
import { shopPages } from './change-e2e-pages.ts';
import { runCli, runFile, type Ended } from './command-line.ts';
import type { E2e } from './e2e-stack.ts';

/** As a GitLab job says which build it is. */
export interface Build {
  readonly environment: string;
  readonly sha: string;
  readonly pipeline: StartedPipeline;
}

/** Ways to bring builds of shop/web before the gate, as developers, CI jobs and approvers do it. */
export function changes(e2e: E2e) {
  const { endpoints } = e2e;
  const person = (name: string) => gitlabPerson(endpoints, name);
  const slack = (name: string) => slackPerson(endpoints, name);
  const idOf = ({ environment, pipeline }: Build) =>
    changeApprovalId({ environment, project: 'shop/web', build: `${pipeline.id}` });
  const run = (build: Build) => e2e.temporal.workflow.getHandle(idOf(build));
  let branches = 0;

  /** With a job's variables and a fresh ID token of its own. */
  async function cliOf(
    build: Build,
    args: readonly string[],
    job: string,
    env: Record<string, string> = {},
    run: typeof runCli = runCli,
  ): Promise<Ended> {
    const { pipeline, sha, environment } = build;
    const variables = {
      ...{ HOME: '/nonexistent', LOCKKEEPER_GATE_URL: endpoints.starters, LOCKKEEPER_BUILD_JOB: 'build' },
      ...{ CI_PROJECT_PATH: 'shop/web', CI_PIPELINE_ID: `${pipeline.id}`, CI_COMMIT_BRANCH: pipeline.ref },
      ...{ CI_COMMIT_SHA: sha, LOCKKEEPER_ENVIRONMENT: environment },
      LOCKKEEPER_ID_TOKEN: await person('dana').idToken(pipeline.id, job, 'lockkeeper'),
      ...env,
    };
    return run(['gate', ...args], variables);
  }

  return {
    ...shopPages(endpoints),
    person,
    slack,
    run,
    idOf,

    /** Pushed by dana, approved by dev. @param options.pipeline also on its own branch */
    async openReviewed({ title = 'Open the shop earlier', pipeline = false } = {}) {
      const branch = `feature-${(branches += 1)}`;
      const files = [{ path: `src/${branch}.ts`, after: `export const it = '${branch}';\n` }];
      const pushed = await person('dana').push(branch, [{ title, files }], {
        mergeRequest: { title, description: 'Closes SHOP-17' },
        pipeline,
      });
      const { iid } = pushed.mergeRequest ?? raise('no merge request');
      await person('dev').approve(iid);
      return { iid, sha: pushed.commits.at(-1) ?? '', pipeline: pushed.pipeline };
    },
    /** And merged by dana: the usual way into `main`. */
    async mergeReviewed(title?: string, squash = false): Promise<MergedChange> {
      const { iid } = await this.openReviewed(title === undefined ? {} : { title });
      return person('dana').merge(iid, { squash });
    },

    /** @returns the build once its scans have ended and its deploy waits to be played */
    async built(
      { sha, pipeline }: Pick<MergedChange, 'sha' | 'pipeline'>,
      environment = 'production',
    ): Promise<Build> {
      if (!pipeline) throw new Error('no pipeline');
      await waitUntil(`pipeline ${pipeline.id} to wait for its deploy`, 20_000, async () => {
        const jobs = await person('dana').jobs(pipeline.id);
        return (
          jobs.some(({ name, status }) => name === 'deploy-production' && status === 'manual') || undefined
        );
      });
      return { sha, pipeline, environment };
    },

    deployJob: ({ pipeline }: Build): Promise<JobView> => {
      const id = pipeline.jobs['deploy-production'];
      if (id === undefined) throw new Error('no deploy job');
      return person('dana').readJob(id);
    },

    /** How often the deploy job was really played, whoever did it. */
    async plays({ pipeline }: Build): Promise<number> {
      const path = `/jobs/${pipeline.jobs['deploy-production']}/play`;
      const calls = await e2e.control.gitlab.requests();
      return calls.filter((call) => call.path.endsWith(path) && call.status < 300).length;
    },
    request: (build: Build, ...flags: string[]) =>
      cliOf(build, ['request', '--rollback-plan', 'deploy the build before again', ...flags], 'build'),
    wait: (build: Build, ...flags: string[]) => cliOf(build, ['wait', ...flags], 'deploy-production'),
    plan: (build: Build, file: string) => cliOf(build, ['plan', file], 'deploy-production'),
    /** In a process of its own, as CI runs it. */
    deployed: (build: Build, result: 'success' | 'failure') =>
      cliOf(build, ['deployed', '--result', result], 'deploy-production', {}, (...args) =>
        runFile('cli/main.ts', ...args),
      ),
    cli: cliOf,

    view: (build: Build): Promise<GateView> => run(build).query(gate),
    /** @returns the view, as soon as it is of one of these states */
    until: (build: Build, states: readonly GateState[], ms = 30_000): Promise<GateView> =>
      waitUntil(`${idOf(build)} to be ${states.join(' or ')}`, ms, async () => {
        const view = await run(build)
          .query(gate)
          .catch(() => undefined);
        return view && states.includes(view.state) ? view : undefined;
      }),
    /** @returns the newest open request of this kind of evidence, as soon as people were asked, with the key of the ticket */
    asked: (build: Build, kind = 'change', ms = 30_000): Promise<RequestView> =>
      waitUntil(`${idOf(build)} to ask people about the ${kind}`, ms, async () => {
        const views = await run(build)
          .query(requests)
          .catch(() => []);
        const view = views.findLast(({ evidence }) => evidence.kind === kind);
        return view?.state === 'open' && view.deadline !== null ? view : undefined;
      }),
    requests: (build: Build) => run(build).query(requests),
    decisions: (build: Build) => run(build).query(decisions),
    /** So that it is related to none that comes after. */
    async abandon(build: Build): Promise<void> {
      await run(build).terminate('the test is over');
      const { ticket } = await run(build).query(gate);
      const { status } = await e2e.person('sue').read(ticket ?? '');
      if (status === 'Approved') await e2e.person('sue').move(ticket ?? '', 'Manual review required');
      await e2e.person('sue').move(ticket ?? '', status === 'Waiting for approval' ? 'Canceled' : 'Declined');
    },
    closed: (build: Build, ms = 30_000) =>
      waitUntil(`${idOf(build)} to close`, ms, async () => {
        const { status } = await run(build).describe();
        return status.name === 'RUNNING' ? undefined : status.name;
      }),
    /** sue in Slack and ray with a comment: the quorum of a change. */
    async approve(build: Build, shown?: SlackMessageView): Promise<void> {
      await this.asked(build);
      const { ticket } = await this.view(build);
      if (ticket === null) throw new Error('no ticket');
      const { status } = await slack('sue').press(shown ?? (await this.message(ticket)), 'lk_approve');
      if (status !== 200) throw new Error(`Slack answered ${status}`);
      await e2e.person('ray').comment(ticket, '/approve');
    },
    /** Everything from the merge to a `needs people`. @returns the build and its ticket */
    async atTheGate(
      options: { title?: string; squash?: boolean; environment?: string; flags?: readonly string[] } = {},
    ) {
      const { title, squash, environment, flags = [] } = options;
      const build = await this.built(await this.mergeReviewed(title, squash), environment);
      const asked = await this.request(build, ...flags);
      if (asked.code !== 0) throw new Error(asked.stderr);
      const request = await this.asked(build);
      const { ticket } = await this.view(build);
      if (ticket === null) throw new Error('no ticket');
      return { build, ticket, request };
    },
    messages: () => e2e.control.slack.post<SlackMessageView[]>('messages'),
    /** @returns the message in the channel that asks about the ticket */
    message: (key: string, has = /Approve/): Promise<SlackMessageView> =>
      waitUntil(`the request of ${key} in Slack`, 30_000, async () =>
        (await e2e.control.slack.post<SlackMessageView[]>('messages')).findLast(
          (one) =>
            one.direct_to === undefined &&
            one.thread_ts === undefined &&
            one.text.includes(`(${key})`) &&
            has.test(JSON.stringify(one)),
        ),
      ),
    path: (name: string) => path.join(import.meta.dirname, '../..', name),
  };
}

export type Changes = ReturnType<typeof changes>;

function raise(message: string): never {
  throw new Error(message);
}
