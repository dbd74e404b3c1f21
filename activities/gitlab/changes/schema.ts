import { z } from 'zod';
import { cutText, toPlainText } from '../../plain-text.ts';

/** Only the fields that we read. Texts that people typed become plain lines here; who believes them is another matter. */

const Id = z.number().int().positive();
const Sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const NullableSha = Sha.nullish().transform((sha) => sha ?? null);
const isTime = (text: string) => !Number.isNaN(Date.parse(text));
const Time = z
  .string()
  .refine(isTime, 'a time')
  .transform((text) => new Date(text).toISOString());
const NullableTime = Time.nullish().transform((time) => time ?? null);
const Text = z
  .string()
  .nullish()
  .transform((text) => toPlainText(text ?? ''));
const Line = Text.transform((text) => cutText(text.replace(/\s+/g, ' ').trim(), 300));
const User = z.object({ username: z.string().min(1) }).nullish();

export const GraphqlAnswer = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string() })).nullish(),
});

export const GitlabCommit = z.object({
  id: Sha,
  parent_ids: z.array(Sha).nullish(),
  title: Line,
  message: Text,
  author_name: Line,
  author_email: Line,
  committer_name: Line,
  committer_email: Line,
  // Whoever commits writes it: a senseless one must not stop the analysis.
  committed_date: Time.catch(new Date(0).toISOString()),
  web_url: z.string().nullish(),
});
export type GitlabCommit = z.infer<typeof GitlabCommit>;
export const GitlabCommits = z.array(GitlabCommit);

export const GitlabMergeRequest = z.object({
  iid: Id,
  title: Line,
  web_url: z.string().nullish(),
  source_branch: Line,
  author: User,
  merged_by: User,
  merge_user: User,
  merged_at: NullableTime,
  sha: NullableSha,
  merge_commit_sha: NullableSha,
  squash_commit_sha: NullableSha,
});
export type GitlabMergeRequest = z.infer<typeof GitlabMergeRequest>;
export const GitlabMergeRequests = z.array(GitlabMergeRequest);

export const GitlabApprovals = z.object({
  approved_by: z.array(z.object({ user: User, approved_at: NullableTime })).nullish(),
});

export const GitlabDiffs = z.array(
  z.object({
    new_path: z.string(),
    old_path: z.string(),
    new_file: z.boolean().nullish(),
    deleted_file: z.boolean().nullish(),
    renamed_file: z.boolean().nullish(),
    collapsed: z.boolean().nullish(),
    too_large: z.boolean().nullish(),
    diff: z.string().nullish(),
  }),
);

const Note = z.object({
  createdAt: Time,
  system: z.boolean(),
  author: z.object({ username: z.string().min(1), bot: z.boolean().nullish() }).nullish(),
  systemNoteMetadata: z.object({ action: z.string().nullish() }).nullish(),
});
export const ActivityNotes = z.object({
  project: z
    .object({
      mergeRequests: z.object({
        nodes: z.array(
          z.object({
            iid: z.string(),
            notes: z.object({ nodes: z.array(Note), pageInfo: z.object({ hasNextPage: z.boolean() }) }),
          }),
        ),
      }),
    })
    .nullish(),
});
export type ActivityNote = z.infer<typeof Note>;

export const DiffRefs = z.object({
  project: z
    .object({
      mergeRequests: z.object({
        nodes: z.array(
          z.object({ iid: z.string(), diffRefs: z.object({ baseSha: Sha.nullish() }).nullish() }),
        ),
      }),
    })
    .nullish(),
});

export const GitlabPipeline = z.object({
  id: Id,
  iid: Id.nullish(),
  sha: Sha,
  ref: z.string().nullish(),
  status: z.string(),
  web_url: z.string(),
  user: User,
});
export type GitlabPipeline = z.infer<typeof GitlabPipeline>;
export const GitlabPipelines = z.array(GitlabPipeline);

export const GitlabJob = z.object({
  id: Id,
  name: z.string(),
  status: z.string(),
  ref: z.string().nullish(),
  web_url: z.string().nullish(),
  started_at: NullableTime,
  finished_at: NullableTime,
  pipeline: z.object({ id: Id, sha: Sha }).nullish(),
  artifacts: z.array(z.object({ file_type: z.string(), filename: z.string().nullish() })).nullish(),
});
export type GitlabJob = z.infer<typeof GitlabJob>;
export const GitlabJobs = z.array(GitlabJob);

/** A security report of any scanner; the rest of its format differs by version. */
export const SecurityReport = z.object({
  vulnerabilities: z.array(z.object({ severity: z.string().nullish() })),
  scan: z.object({ status: z.string().nullish() }).nullish(),
});

export const ReportFindings = z.object({
  project: z
    .object({
      pipeline: z
        .object({
          securityReportSummary: z.record(z.string(), z.unknown()).nullish(),
          securityReportFindings: z
            .object({
              nodes: z.array(z.object({ severity: z.string().nullish(), reportType: z.string().nullish() })),
              pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
            })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

export type ReportFindings = z.infer<typeof ReportFindings>;

export const GitlabDeployments = z.array(z.object({ id: Id, sha: Sha }));

export const GitlabStatusChecks = z.array(z.object({ id: Id, status: z.string().nullish() }));
