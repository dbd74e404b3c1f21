import { z } from 'zod';
import { parseAgentVersion } from '../../workflows/agent-promotion/version.ts';
import { Permission } from './permission-schema.ts';

export const AgentVersion = z
  .string()
  .max(255)
  .refine(
    (value) => parseAgentVersion(value).valid,
    'three numbers joined by dots are needed, such as 1.4.2',
  );

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits are needed');
const Text = (most: number) => z.string().min(1).max(most);
/** S3: at most 1024 bytes. */
const VersionId = Text(1024);
const Account = Text(100);

export const Turn = z.object({
  queueId: Text(255),
  workflowId: Text(1000),
  runId: Text(255),
  token: z.int().positive(),
});

export const PinnedObject = z.object({
  bucket: Text(63),
  key: Text(1024),
  versionId: VersionId,
  sha256: Sha256,
  size: z.int().positive(),
});

export const ManifestEntry = z.object({
  version: AgentVersion,
  uploaded_at: z.iso.datetime({
    precision: 0,
    error: 'ISO 8601 UTC in whole seconds is needed, such as 2025-09-14T12:34:56Z',
  }),
  pipeline_url: z.url({ protocol: /^https?$/ }).max(2000),
  sha256: Sha256,
  size: z.int().positive(),
  s3_version_id: VersionId,
  ticket: Text(255),
  workflow_id: Text(1000),
  entry_id: Text(1200),
  run_id: Text(255),
  approval: z.object({ request_id: Text(100), approvers: z.array(Text(200)).min(1).max(200) }).nullable(),
});

/** What an entry of a manifest's history has to say so that it can become the current one again. */
export const PublishedVersion = ManifestEntry.pick({
  version: true,
  pipeline_url: true,
  sha256: true,
  size: true,
  s3_version_id: true,
});
export type PublishedVersion = z.infer<typeof PublishedVersion>;

export const PinInstallerInput = z.object({
  version: AgentVersion,
  signature: z.enum(['required', 'if-present', 'off']),
});

export const CopyToTestInput = z.object({ version: AgentVersion, pinned: PinnedObject, turn: Turn });

export const PublishObjectInput = z.object({
  account: Account,
  version: AgentVersion,
  tested: PinnedObject,
  permission: Permission,
  turn: Turn,
});

export const PublishManifestInput = z.object({
  account: Account,
  entry: ManifestEntry,
  permission: Permission,
  turn: Turn,
});

export const ReadAccountInput = z.object({ account: Account });

export const FindDriftInput = z
  .object({
    account: Account,
    recorded: z.object({
      account: Account,
      version: AgentVersion,
      sha256: Sha256,
      s3VersionId: VersionId,
      manifestVersionId: VersionId,
    }),
  })
  .refine(({ account, recorded }) => account === recorded.account, {
    path: ['recorded', 'account'],
    error: 'what was recorded belongs to another account',
  });

export const RollBackManifestInput = z
  .object({
    account: Account,
    fromVersion: AgentVersion,
    toVersion: AgentVersion,
    entry: ManifestEntry.pick({
      uploaded_at: true,
      ticket: true,
      workflow_id: true,
      entry_id: true,
      run_id: true,
      approval: true,
    }),
    permission: Permission,
    turn: Turn,
  })
  .refine(({ fromVersion, toVersion }) => fromVersion !== toVersion, {
    path: ['toVersion'],
    error: 'it is the version that is taken back: name another one',
  });
