import { z } from 'zod';
import { verbs } from '../../workflows/approval/messages.ts';
import { RequestRefusal } from './request-refusal.ts';

const printable = (most: number) => z.string().regex(new RegExp(`^[\\x21-\\x7e]{1,${most}}$`));

/** What `POST /decisions` takes. Each description completes the sentence `<field>: … is expected`. */
const DecisionBody = z.strictObject({
  workflowId: printable(200).describe('the id of the workflow that asks'),
  requestId: printable(200).describe('the id of the request'),
  evidenceDigest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('the evidence digest of the request that was shown (64 hex digits)'),
  policy: z
    .string()
    .regex(/^[a-z][a-z0-9-]*@[0-9]{1,9}$/)
    .describe('the policy of the request as <name>@<version>'),
  verb: z.enum(verbs).describe(`one of ${verbs.join(', ')}`),
  reason: z.string().max(1_000).nullable().describe('a text of at most 1,000 characters, or null'),
  actingFor: z.string().min(1).max(200).exactOptional().describe('the name of the person who delegated'),
  until: z.iso
    .datetime()
    .nullable()
    .exactOptional()
    .describe('a time such as 2026-12-01T10:00:00Z, or null,'),
  choice: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/)
    .exactOptional()
    .describe('one of the choices of the request'),
  idempotencyKey: z
    .string()
    .regex(/^[\x21-\x7e]{8,100}$/)
    .describe('a fresh id of 8 to 100 characters, the same on a repeat,'),
});
export type DecisionBody = z.infer<typeof DecisionBody>;

/** @throws RequestRefusal naming every field that is wrong and what is expected there */
export function parseDecisionBody(raw: unknown): DecisionBody {
  const parsed = DecisionBody.safeParse(parseJson(raw));
  if (parsed.success) return parsed.data;
  const faults = [...new Set(parsed.error.issues.map(toFault))];
  throw new RequestRefusal(400, 'malformed', faults.join('; '));
}

function parseJson(raw: unknown): unknown {
  try {
    const bytes = Buffer.isBuffer(raw) ? raw : Buffer.alloc(0);
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RequestRefusal(400, 'malformed', 'the body: a JSON object in UTF-8 is expected');
  }
}

function toFault(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `${issue.keys.map((key) => key.slice(0, 40)).join(', ')}: unknown; leave it out`;
  const [field] = issue.path;
  const shape: Readonly<Record<string, z.ZodType>> = DecisionBody.shape;
  const expected =
    typeof field === 'string' && Object.hasOwn(shape, field) ? shape[field]?.description : undefined;
  return `${field === undefined ? 'the body' : String(field)}: ${expected ?? 'a JSON object'} is expected`;
}
