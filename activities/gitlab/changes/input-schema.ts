import { z } from 'zod';

// Form and bounds of what enters an address or a query. What a permission says is compared by the guard.

const Project = z
  .string()
  .regex(/^\w[\w.-]*(?:\/\w[\w.-]*)+$/, 'the full path of a project, group/project')
  .max(500);
const Sha = z.string().regex(/^[0-9a-f]{40}$/, '40 lower-case hexadecimal digits');
const Id = z.number().int().positive();
const Line = z.string().min(1).max(255);

const Build = z.object({
  environment: Line,
  project: Project,
  buildJob: Line,
  build: z.string().regex(/^[\w.-]{1,64}$/),
  branch: Line,
  sha: Sha,
  action: Line,
});

const ReviewRules = z.object({
  mode: z.enum(['strict', 'resolve-squash']),
  bots: z.array(Line).max(200),
  versionFiles: z.array(Line).max(200),
});

const ScanRules = z.object({
  required: z.array(Line).max(50),
  blocking: z.array(z.enum(['critical', 'high', 'medium', 'low', 'info', 'unknown'])).max(6),
  maxAgeHours: z.number().positive(),
});

const Grant = z.looseObject({ requestId: Line, envelopes: z.array(z.string()).max(1000) });

export const ReadBuildInput = z.object({ build: Build, pipelineId: Id.nullable() });

export const ReviewCodeInput = z.object({
  project: Project,
  from: Sha.nullable(),
  to: Sha,
  rules: ReviewRules,
});

export const ReadScansInput = z.object({ project: Project, sha: Sha, rules: ScanRules });

export const SetCommitStatusInput = z.object({
  project: Project,
  sha: Sha,
  name: Line,
  state: z.enum(['pending', 'running', 'success', 'failed', 'canceled']),
  description: z.string(),
  targetUrl: z.string().max(2000),
});

export const PlayDeployJobInput = z.object({
  pipelineId: Id,
  jobId: Id,
  permission: z.object({
    build: Build,
    policy: z.looseObject({ review: ReviewRules, scans: ScanRules }),
    grant: Grant.nullable(),
    plan: z.looseObject({}).nullable(),
    planGrant: Grant.nullable(),
  }),
});

export const ReadJobInput = z.object({ project: Project, jobId: Id });

export const AnswerStatusCheckInput = z.object({
  project: Project,
  mergeRequest: Id,
  sha: Sha,
  checkId: Id,
  passed: z.boolean(),
});

export const RetryStatusChecksInput = z.object({ project: Project, sha: Sha });
