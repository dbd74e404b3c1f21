import { z } from 'zod';
import { formatPath } from '../../config/fault.ts';
import { RequestRefusal } from '../decisions/request-refusal.ts';

// Each description completes the sentence `<field>: … is expected`.

const printable = (most: number) => z.string().regex(new RegExp(`^[^\\p{Cc}]{1,${most}}$`, 'u'));
const prose = (what: string) =>
  z.string().trim().min(1).max(4_000).describe(`${what} (1 to 4,000 characters)`);

const details = {
  summary: printable(200).trim().min(1).describe('one line of at most 200 characters'),
  justification: prose('why it is deployed'),
  rollbackPlan: prose('how it is taken back'),
  components: z
    .array(printable(100).trim().min(1))
    .min(1)
    .max(20)
    .describe('a list of 1 to 20 names of components'),
};

const optionalDetails = {
  summary: details.summary.exactOptional().describe(details.summary.description ?? ''),
  justification: details.justification.exactOptional().describe(details.justification.description ?? ''),
  rollbackPlan: details.rollbackPlan.exactOptional().describe(details.rollbackPlan.description ?? ''),
  components: details.components.exactOptional().describe(details.components.description ?? ''),
};

const buildJob = printable(255).describe('the name of the build job');
const action = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,63}$/)
  .describe('what the deploy does, such as deploy (letters, digits, `.`, `_`, `-`)');
const sha = z
  .string()
  .regex(/^[0-9a-f]{40}$/)
  .describe('the commit (40 hex digits)');
const branch = z
  .string()
  .regex(/^[^\s\p{Cc}~^:?*[\\]{1,255}$/u)
  .describe('the name of the branch');
const build = z
  .string()
  .regex(/^[\w.-]{1,64}$/)
  .describe('the number of the build (1 to 64 of letters, digits, `.`, `_`, `-`)');
const project = z
  .string()
  .max(255)
  .regex(/^[\w.-]+(\/[\w.-]+)*$/)
  .describe('the full path of the project, such as shop/web,');
const id = z.int().min(1);

/** `POST /gates/change`. What a token's claims say may be left out. */
export const RequestBody = z.strictObject({
  environment: printable(255).describe('the name of the environment'),
  project: project.exactOptional().describe(project.description ?? ''),
  buildJob,
  build: build.exactOptional().describe(build.description ?? ''),
  branch: branch.exactOptional().describe(branch.description ?? ''),
  sha: sha.exactOptional().describe(sha.description ?? ''),
  action: action.default('deploy').describe(action.description ?? ''),
  pipelineId: id.exactOptional().describe('the id of the GitLab pipeline'),
  deployJobId: id.exactOptional().describe('the id of the manual GitLab job that deploys'),
  ...optionalDetails,
});

export const DetailsBody = z
  .strictObject(optionalDetails)
  .refine((given) => Object.keys(given).length > 0, 'nothing is given');

export const BeginBody = z.strictObject({
  attempt: z
    .string()
    .regex(/^[\w-]{8,64}$/)
    .describe('a fresh id of 8 to 64 characters, the same on a repeat,'),
  buildJob,
  build: RequestBody.shape.build,
  branch: RequestBody.shape.branch,
  sha: RequestBody.shape.sha,
});

export const ResultBody = z.strictObject({
  result: z.enum(['success', 'failure']).describe('success or failure'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .exactOptional()
    .describe('the address of the deploy’s log'),
});

/** What the caller of `GET` is about to deploy, as far as no token says it. */
export const ViewQuery = z.strictObject({
  buildJob: buildJob.exactOptional().describe(buildJob.description ?? ''),
  branch: RequestBody.shape.branch,
  sha: RequestBody.shape.sha,
  action: action.exactOptional().describe(action.description ?? ''),
});

const count = z.int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** The form of `PlanReport`: what is not in it is refused, because a plan may hold secrets. */
export const PlanBody = z.strictObject({
  report: z
    .strictObject({
      digest,
      fileDigest: digest,
      formatVersion: printable(20),
      terraformVersion: printable(40).nullable(),
      risky: z.boolean(),
      counts: z.strictObject({
        create: count,
        update: count,
        delete: count,
        replace: count,
        other: count,
        unchanged: count,
      }),
      reasons: z
        .array(
          z.strictObject({
            address: printable(300),
            attribute: printable(300).nullable(),
            rule: printable(64),
            reason: printable(500),
          }),
        )
        .max(100),
      moreReasons: count,
    })
    .describe('the report that `lockkeeper plan-risk FILE --json` prints'),
});

/** @param raw the bytes as they came · @throws RequestRefusal naming every field that is wrong and what is expected there */
export function parseBody<S extends z.ZodType>(shape: S, raw: unknown): z.infer<S> {
  return parseGiven(shape, parseJson(raw));
}

/** @throws RequestRefusal as `parseBody` */
export function parseGiven<S extends z.ZodType>(shape: S, given: unknown): z.infer<S> {
  const parsed = shape.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = [...new Set(parsed.error.issues.map((issue) => toFault(shape, issue)))];
  throw malformed(faults.slice(0, 20).join('; '));
}

export function malformed(reason: string): RequestRefusal {
  return new RequestRefusal(400, 'malformed', reason);
}

/** @param field of the request's body */
export function expected(field: keyof typeof RequestBody.shape): string {
  return `${field}: ${RequestBody.shape[field].description ?? 'a value'} is expected`;
}

function parseJson(raw: unknown): unknown {
  try {
    const bytes = Buffer.isBuffer(raw) ? raw : Buffer.alloc(0);
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformed('the body: a JSON object in UTF-8 is expected');
  }
}

function toFault(shape: z.ZodType, issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => formatPath([...issue.path, key.slice(0, 40)]));
    return `${keys.slice(0, 10).join(', ')}: unknown; leave it out`;
  }
  const [field] = issue.path;
  const fields: Readonly<Record<string, z.ZodType>> = shape instanceof z.ZodObject ? shape.shape : {};
  const wanted =
    typeof field === 'string' && Object.hasOwn(fields, field) ? fields[field]?.description : undefined;
  if (issue.path.length === 0)
    return `the body: ${issue.code === 'custom' ? emptyDetails : 'a JSON object'} is expected`;
  return `${formatPath(issue.path)}: ${wanted ?? 'another value'} is expected`;
}

const emptyDetails = 'at least one of summary, justification, rollbackPlan, components';
