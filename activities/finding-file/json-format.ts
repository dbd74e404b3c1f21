import { z } from 'zod';
import { severities, type FieldValues, type Finding } from '../../workflows/halo-sync/finding.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import { isGroupId } from '../findings/hash.ts';
import { contentHashOf, severityOfScore, webUrl, type FileFinding } from './finding-row.ts';
import { fail, wordsOf, type ParsedFindings } from './parsed.ts';

const Time = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString());
const text = z.string().min(1).max(20_000);
const Field = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]);
const idForm = /^[^\p{Cc}\s](?:[^\p{Cc}]{0,253}[^\p{Cc}\s])?$/u;

/**
 * `{"findings": […]}`: all findings that there are, see samples/findings. A finding has `id` and `name`; and, if it likes, `type`
 * (else `finding`), `status` (active or resolved; else active), `severity` (critical, high, medium, low, unknown) or `score` (CVSS),
 * `critical`, `created_at`, `first_seen_at`, `updated_at`, `resolved_at`, `resolved_by`, `resolution_comment`, `rule_key`,
 * `policy_name`, `group_name`, `group_path`, `description`, `details` (`[{label, value}]`), `url`, `asset` (`{id, name, type}`), `cves`
 * (ids) and `fields` (`{name: text, number, boolean or list of texts}`, mapped by `issue.<name>`).
 * Times are ISO 8601 with a zone; those that are left out are that of the file, `updated_at` as well: who gives it raises it with every
 * change, or a pass does not see it.
 */
const Row = z.object({
  id: z.string().regex(idForm, '1 to 255 characters, none of control, no space around'),
  name: text,
  type: z
    .string()
    .regex(/^[a-z][\w-]{0,39}$/, 'letters in lower case, digits, - and _')
    .default('finding'),
  status: z.enum(['active', 'resolved']).default('active'),
  severity: z.enum(severities).optional(),
  score: z.number().min(0).max(10).optional(),
  critical: z.boolean().optional(),
  created_at: Time.optional(),
  first_seen_at: Time.optional(),
  updated_at: Time.optional(),
  resolved_at: Time.optional(),
  resolved_by: text.optional(),
  resolution_comment: text.optional(),
  rule_key: text.optional(),
  policy_name: text.optional(),
  group_name: text.optional(),
  group_path: text.optional(),
  description: text.optional(),
  details: z.array(z.object({ label: text, value: z.string() })).default([]),
  url: text.optional(),
  asset: z
    .object({ id: text.optional(), name: text.optional(), type: text.default('asset') })
    .refine(({ id, name }) => id !== undefined || name !== undefined, 'an id or a name is expected')
    .optional(),
  cves: z.array(text).default([]),
  fields: z.record(z.string().regex(/^\w{1,100}$/), Field).default({}),
});
type Row = z.output<typeof Row>;

/**
 * @param writtenAt of the file, ISO 8601 UTC
 * @throws InvalidInput when it is no list of findings; a finding that cannot be read is a fault, and the others are read
 */
export function parseJsonFormat(body: unknown, writtenAt: string): ParsedFindings {
  const rows = isRecord(body) ? body['findings'] : undefined;
  if (!Array.isArray(rows)) throw fail('InvalidInput', '{"findings": […]} is expected');
  const findings = new Map<string, FileFinding>();
  const faults: ParsedFindings['faults'][number][] = [];
  for (const [index, raw] of (rows as unknown[]).entries()) {
    const parsed = Row.safeParse(raw);
    if (!parsed.success) faults.push({ findingId: idOf(raw, index), reason: wordsOf(parsed.error) });
    else if (isGroupId(parsed.data.id))
      faults.push({ findingId: `#${index}`, reason: 'id: this form is kept for groups' });
    else if (findings.has(parsed.data.id))
      faults.push({ findingId: parsed.data.id, reason: 'id: there are several of it; the first counts' });
    else findings.set(parsed.data.id, toFileFinding(parsed.data, raw, writtenAt));
  }
  return { findings, faults };
}

/** Nothing is ever found under the name of a row without an id. */
function idOf(raw: unknown, index: number): string {
  const id = isRecord(raw) ? raw['id'] : undefined;
  return typeof id === 'string' && idForm.test(id) && !isGroupId(id) ? id : `#${index}`;
}

function toFileFinding(row: Row, raw: unknown, writtenAt: string): FileFinding {
  const { description, details } = row;
  const rows =
    description === undefined ? details : [{ label: 'description', value: description }, ...details];
  const finding = toFinding(row, rows, writtenAt);
  return {
    finding,
    asset: null,
    latest: rows.length > 0 ? { title: row.name, rows, items: [] } : null,
    cves: row.cves.map((id) => ({ id, score: null, summary: null })),
    raw,
  };
}

function toFinding(row: Row, rows: Row['details'], writtenAt: string): Finding {
  const { id, status, asset } = row;
  const severity = row.severity ?? (row.score === undefined ? 'unknown' : severityOfScore(row.score));
  const createdAt = row.created_at ?? row.first_seen_at ?? writtenAt;
  const content = {
    ...{ type: row.type, name: row.name, severity, cves: row.cves },
    critical: row.critical ?? severity === 'critical',
    url: webUrl(row.url),
    asset: asset
      ? { ref: asset.id ?? asset.name ?? '', name: asset.name ?? asset.id ?? '', type: asset.type }
      : null,
    fields: toFields(row),
  };
  const contentHash = contentHashOf(content, rows);
  return {
    ...{ id, status, createdAt, ...content, contentHash },
    firstSeenAt: row.first_seen_at ?? createdAt,
    changedAt: row.updated_at ?? writtenAt,
    resolvedAt: status === 'resolved' ? (row.resolved_at ?? row.updated_at ?? writtenAt) : null,
    resolvedBy: row.resolved_by ?? null,
    resolutionComment: row.resolution_comment ?? null,
    // a file has no scan results: what it says of a finding is the news
    latest: contentHash,
  };
}

function toFields(row: Row): FieldValues {
  const own = Object.entries(row.fields).map(([name, value]) => [`issue.${name}`, value] as const);
  return {
    ...Object.fromEntries(own),
    issue_rule_key: row.rule_key ?? null,
    issue_policy_name: row.policy_name ?? null,
    asset_group_name: row.group_name ?? null,
    asset_group_path: row.group_path ?? null,
  };
}
