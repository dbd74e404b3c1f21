import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gitlabPerson, type StartedPipeline } from '../sandbox/drive/gitlab-person.ts';
import { jiraPerson } from '../sandbox/drive/jira-person.ts';
import { slackPerson, type SlackMessageView } from '../sandbox/drive/slack-person.ts';
import { cacheDir } from '../sandbox/shared/cache-dir.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { changeApprovalId } from '../workflows/shared/names.ts';
import { findChange } from './demo-change-tickets.ts';
import { waitUntil } from './wait-until.ts';

const cli = fileURLToPath(new URL('../starters/cli/main.ts', import.meta.url));
const patienceMs = 60_000;

/** One build of shop/web on its way into one environment. */
export interface Build {
  readonly environment: string;
  readonly sha: string;
  readonly pipeline: StartedPipeline;
}

export interface GateOptions {
  readonly job?: string;
  /** Variables of the job that are not as GitLab would set them. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What developers, CI jobs and approvers of shop/web do, each as themselves. */
export function createShop(endpoints: Endpoints, log: (line: string) => void) {
  const dana = gitlabPerson(endpoints, 'dana');
  const suffix = Date.now().toString(36);
  let branches = 0;

  /** Pushed by dana, reviewed by devi, merged by dana. @returns the build, once its scans have ended and its deploy waits */
  async function buildOf(title: string, environment: string): Promise<Build> {
    branches += 1;
    const branch = `demo-${suffix}-${branches}`;
    const files = [{ path: `src/${branch}.ts`, after: `export const it = '${branch}';\n` }];
    const { mergeRequest } = await dana.push(branch, [{ title, files }], { mergeRequest: { title } });
    if (!mergeRequest) throw new Error('no merge request');
    await gitlabPerson(endpoints, 'dev').approve(mergeRequest.iid);
    const { sha, pipeline } = await dana.merge(mergeRequest.iid);
    if (!pipeline) throw new Error('no pipeline');
    log(
      `!${mergeRequest.iid} “${title}”: pushed by dana, approved by dev, merged; pipeline ${pipeline.id} scans it`,
    );
    await waitUntil(`pipeline ${pipeline.id} to wait for its deploy`, patienceMs, async () => {
      const jobs = await dana.jobs(pipeline.id);
      return (
        jobs.some(({ name, status }) => name === 'deploy-production' && status === 'manual') || undefined
      );
    });
    return { environment, sha, pipeline };
  }

  /** As a job of the pipeline runs it: a process of its own with the job's variables and ID token. @returns its exit code */
  async function gate(build: Build, args: readonly string[], { job = 'build', env = {} }: GateOptions = {}) {
    const { pipeline, sha, environment } = build;
    log(`CI: lockkeeper gate ${args.join(' ')}`);
    const child = spawn(process.execPath, [cli, 'gate', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...{ PATH: process.env['PATH'], NODE_COMPILE_CACHE: `${cacheDir()}/node-compile` },
        ...{ LOCKKEEPER_GATE_URL: endpoints.starters, LOCKKEEPER_BUILD_JOB: 'build' },
        ...{ LOCKKEEPER_ENVIRONMENT: environment, CI_PROJECT_PATH: 'shop/web' },
        ...{ CI_PIPELINE_ID: `${pipeline.id}`, CI_COMMIT_BRANCH: pipeline.ref, CI_COMMIT_SHA: sha },
        LOCKKEEPER_ID_TOKEN: await dana.idToken(pipeline.id, job, 'lockkeeper'),
        ...env,
      },
    });
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => log(`CI:   ${withoutTime(line)}`));
    return new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? -1));
    });
  }

  const deployJob = (build: Build) => dana.readJob(build.pipeline.jobs['deploy-production'] ?? 0);

  return {
    endpoints,
    log,
    buildOf,
    gate,
    deployJob,
    runLink({ environment, pipeline }: Build): string {
      const id = changeApprovalId({ environment, project: 'shop/web', build: `${pipeline.id}` });
      return `${endpoints.ui}/namespaces/default/workflows/${encodeURIComponent(id)}`;
    },
    /** @returns the key of the build's ticket, once it is there */
    ticketOf: (build: Build): Promise<string> =>
      waitUntil(`the ticket of pipeline ${build.pipeline.id}`, patienceMs, () =>
        findChange(endpoints, { build: build.pipeline.id, environment: build.environment }),
      ),
    /** @returns the newest message that everybody sees and that has words like these, about the ticket */
    message: (key: string, has = /Approve/): Promise<SlackMessageView> =>
      waitUntil(`the request of ${key} in Slack`, patienceMs, () => findMessage(endpoints, key, has)),
    comment: (name: string, key: string, text: string) => jiraPerson(endpoints, name).comment(key, text),
    slack: (name: string) => slackPerson(endpoints, name),
  };
}

export type Shop = ReturnType<typeof createShop>;

export async function findMessage(endpoints: Endpoints, key: string, has = /Approve/) {
  const messages = await slackPerson(endpoints, 'sue').messages();
  return messages.findLast(
    (one) =>
      one.thread_ts === undefined &&
      one.ephemeral_to === undefined &&
      `${one.text} ${JSON.stringify(one.blocks ?? '')}`.includes(key) &&
      has.test(JSON.stringify(one)),
  );
}

/** The demo's own clock stands before each line. */
function withoutTime(line: string): string {
  const text = line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, '');
  return text.length > 150 ? `${text.slice(0, 149)}…` : text;
}
