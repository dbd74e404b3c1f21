import { z } from 'zod';
import { parseAgentVersion } from '../../workflows/agent-promotion/version.ts';

export const AgentVersion = z
  .string()
  .refine(
    (value) => parseAgentVersion(value).valid,
    'three numbers joined by dots are needed, such as 1.4.2',
  );

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits are needed');

export const Turn = z.object({
  queueId: z.string().min(1),
  workflowId: z.string().min(1),
  runId: z.string().min(1),
  token: z.int().positive(),
});

const PolicyRef = z.object({ name: z.string().min(1), version: z.number(), digest: Sha256 });

export const PinnedObject = z.object({
  bucket: z.string().min(1),
  key: z.string().min(1),
  versionId: z.string().min(1),
  sha256: Sha256,
  size: z.int().positive(),
});

const ManifestEntry = z.object({
  version: AgentVersion,
  uploaded_at: z.iso.datetime({
    precision: 0,
    error: 'ISO 8601 UTC in whole seconds is needed, such as 2025-09-14T12:34:56Z',
  }),
  pipeline_url: z.url({ protocol: /^https?$/ }),
  sha256: Sha256,
  size: z.int().positive(),
  s3_version_id: z.string().min(1),
  ticket: z.string().min(1),
  workflow_id: z.string().min(1),
  entry_id: z.string().min(1),
});

export const PinInstallerInput = z.object({
  version: AgentVersion,
  signature: z.enum(['required', 'if-present', 'off']),
});

export const CopyToTestInput = z.object({ version: AgentVersion, pinned: PinnedObject, turn: Turn });

export const PublishObjectInput = z.object({
  account: z.string().min(1),
  version: AgentVersion,
  tested: PinnedObject,
  policy: PolicyRef,
  turn: Turn,
});

export const PublishManifestInput = z.object({
  account: z.string().min(1),
  entry: ManifestEntry,
  policy: PolicyRef,
  turn: Turn,
});
