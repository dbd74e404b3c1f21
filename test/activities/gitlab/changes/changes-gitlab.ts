import { createGitlabChangesClient } from '../../../../activities/gitlab/changes/client.ts';
import type { PlayGuard } from '../../../../activities/gitlab/changes/deploy-job.ts';
import { installHttp } from '../../../../activities/http.ts';
import type { ChangePermission } from '../../../../activities/jira/changes/port.ts';
import type { ReviewRules, ScanRules } from '../../../../workflows/change-approval/messages.ts';
import { shaOf } from '../../../../bench/change-history.ts';
import type { Expected, Respond } from '../../../support/loopback.ts';

export const project = 'shop/web';
export const root = '/api/v4/projects/shop%2Fweb';
export const sha = shaOf(0xabc);
export const rules: ReviewRules = { mode: 'strict', bots: [], versionFiles: [] };
export const scanRules: ScanRules = { required: ['sast'], blocking: ['critical', 'high'], maxAgeHours: 72 };
export const people = {
  ofUser: (name: string) => (name === 'sue' ? 'sue' : `gitlab:${name.toLowerCase()}`),
  ofEmail: (email: string) => `email:${email.toLowerCase()}`,
};
export const build = {
  environment: 'production',
  project,
  buildJob: 'build',
  build: '31',
  branch: 'main',
  sha,
  action: 'deploy',
};
export const execution = { workflowId: 'change:production:shop/web:31', runId: 'run-1' };
/** As far as this adapter reads it; the guard of these tests reads nothing. */
export const permission = (grant: object | null) =>
  ({
    build,
    policy: { review: rules, scans: scanRules },
    grant,
    plan: null,
    planGrant: null,
  }) as unknown as ChangePermission;

export const allowing =
  (automatic: boolean): PlayGuard =>
  () =>
    Promise.resolve({ automatic });

export const changesAt = (baseUrl: string, guard: PlayGuard = allowing(false)) =>
  createGitlabChangesClient({ baseUrl, token: 'canary-token', people, guard, callsPerSecond: 10_000 });

export const get = (path: string, respond: Respond): Expected => ({
  method: 'GET',
  path: `${root}${path}`,
  respond,
});
export const post = (path: string, respond: Respond): Expected => ({
  method: 'POST',
  path: `${root}${path}`,
  respond,
});
export const graphql = (respond: Respond): Expected => ({ method: 'POST', path: '/api/graphql', respond });

export const pipeline = (id: number, changed: object = {}) => ({
  id,
  iid: id,
  sha,
  ref: 'main',
  status: 'running',
  web_url: `https://gitlab.test/shop/web/-/pipelines/${id}`,
  user: { username: 'Dev' },
  ...changed,
});

export const job = (id: number, name: string, status: string, changed: object = {}) => ({
  id,
  name,
  status,
  ref: 'main',
  web_url: `https://gitlab.test/shop/web/-/jobs/${id}`,
  started_at: null,
  finished_at: null,
  pipeline: { id: 31, sha },
  ...changed,
});

/** HTTP as the worker has it, with a short time limit, for the tests of the calling `describe`. */
export function withShortHttp(timeoutMs = 300) {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs })));
  after(() => http.close());
}
