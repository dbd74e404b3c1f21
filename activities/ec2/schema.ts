import { z } from 'zod';
import { AgentVersion, PinnedObject, Turn } from '../s3/schema.ts';

/** A tag's value, and part of a wildcard-aware filter. */
const Key = z.string().regex(/^[\w.:/@+=-]{1,256}$/, '1 to 256 of A-Z a-z 0-9 . _ : / @ + = - are needed');
/** Part of an object key. */
const Nonce = z.string().regex(/^[\w-]{16,128}$/, '16 to 128 of A-Z a-z 0-9 _ - are needed');
const InstanceId = z.string().regex(/^i-[0-9a-f]{8,17}$/, 'an instance id such as i-0abc… is needed');
const Deadline = z.iso.datetime({ error: 'ISO 8601 UTC is needed, such as 2025-09-14T12:34:56Z' });

export const LaunchTestInstanceInput = z.object({
  key: Key,
  nonce: Nonce,
  version: AgentVersion,
  tested: PinnedObject,
  workflowId: Key,
  runId: Key,
  deadline: Deadline,
  turn: Turn,
});

export const AwaitTestResultInput = z.object({
  key: Key,
  nonce: Nonce,
  version: AgentVersion,
  instance: z.object({
    instanceId: InstanceId,
    accountId: z.string().regex(/^\d{12}$/, 'twelve digits are needed'),
    resultKey: z.string().startsWith('results/'),
    adopted: z.boolean(),
  }),
  deadline: Deadline,
});

export const TerminateInstanceInput = z.object({ instanceId: InstanceId });
export const TerminateByKeyInput = z.object({ key: Key });
