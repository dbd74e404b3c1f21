import { z } from 'zod';
import { latestJobs, type Pipeline } from './pipeline.ts';

const severities = ['Critical', 'High', 'Medium', 'Low', 'Info', 'Unknown'] as const;
/** GitLab's report types, as in `artifacts:reports`. */
export const reportKinds = [
  'sast',
  'secret_detection',
  'dependency_scanning',
  'container_scanning',
  'cluster_image_scanning',
  'dast',
  'coverage_fuzzing',
  'api_fuzzing',
] as const;
type ReportKind = (typeof reportKinds)[number];

/** One finding of a report that a control asks for. */
export const FindingInput = z.strictObject({
  severity: z.enum(severities),
  name: z.string().default('A finding'),
  /** Default: made from name and severity. */
  id: z.string().optional(),
  file: z.string().default('src/shop.ts'),
  line: z.number().int().positive().default(1),
  description: z.string().default(''),
  dismissed: z.boolean().default(false),
});
export type FindingInput = z.infer<typeof FindingInput>;

const Report = z.object({
  scan: z.object({
    type: z.string(),
    status: z.string(),
    scanner: z.object({ id: z.string(), name: z.string() }),
  }),
  vulnerabilities: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      description: z.string().default(''),
      severity: z.string(),
      solution: z.string().optional(),
      location: z.object({ file: z.string(), start_line: z.number() }),
      identifiers: z.array(z.object({ type: z.string(), name: z.string(), value: z.string() })),
    }),
  ),
});

/** A finding of a report file, as the pipeline shows it. */
export interface Finding {
  readonly uuid: string;
  readonly reportType: string;
  readonly severity: string;
  readonly title: string;
  readonly description: string;
  readonly solution: string | null;
  readonly state: 'detected' | 'dismissed';
  readonly scanner: { readonly id: string; readonly name: string };
  readonly identifiers: readonly { readonly type: string; readonly name: string; readonly value: string }[];
  readonly location: { readonly file: string; readonly start_line: number };
}

export function findingId({ id, name, severity }: FindingInput): string {
  return id ?? Buffer.from(`${severity}:${name}`).toString('hex').slice(0, 64);
}

/** A report as GitLab's analyzers write it (security report schemas 15.2). */
export function makeReport(
  kind: string,
  findings: readonly FindingInput[],
  at: { start: Date; end: Date },
): string {
  const sast = kind === 'sast';
  const scanner = sast ? { id: 'semgrep', name: 'Semgrep' } : { id: 'gitleaks', name: 'Gitleaks' };
  const tool = { ...scanner, vendor: { name: 'GitLab' }, version: '6.4.0', url: 'https://gitlab.com' };
  const moment = (date: Date) => date.toISOString().slice(0, 19);
  const times = { start_time: moment(at.start), end_time: moment(at.end) };
  const vulnerabilities = findings.map((finding) => ({
    id: findingId(finding),
    category: kind,
    name: finding.name,
    description: finding.description,
    severity: finding.severity,
    scanner,
    location: { file: finding.file, start_line: finding.line },
    identifiers: [{ type: `${scanner.id}_id`, name: finding.name, value: findingId(finding) }],
  }));
  const scan = { analyzer: tool, scanner: tool, type: kind, ...times, status: 'success' };
  return JSON.stringify({ version: '15.2.1', vulnerabilities, scan });
}

/** Of the newest jobs; a report that cannot be read yields none, as an ingestion error does. */
export function findingsOf(pipeline: Pipeline, dismissed: ReadonlySet<string>): Finding[] {
  return reportKinds.flatMap((kind) =>
    (reportOf(pipeline, kind) ?? []).map((finding) => ({
      ...finding,
      state: dismissed.has(finding.uuid) ? ('dismissed' as const) : ('detected' as const),
    })),
  );
}

/** Dismissed or not; undefined: the pipeline has no such report, or none that can be read. */
export function reportOf(pipeline: Pipeline, kind: ReportKind): Omit<Finding, 'state'>[] | undefined {
  const files = latestJobs(pipeline).map((job) => job.artifacts[job.definition.reports?.[kind] ?? '']);
  const reports = files.map((file) => Report.safeParse(parseJson(file))).filter(({ success }) => success);
  if (reports.length === 0) return undefined;
  return reports.flatMap(({ data }) => (data ? toFindings(data) : []));
}

function toFindings({ scan, vulnerabilities }: z.infer<typeof Report>): Omit<Finding, 'state'>[] {
  return vulnerabilities.map(
    ({ id, name, description, severity, solution = null, location, identifiers }) => ({
      ...{
        uuid: id,
        reportType: scan.type,
        severity: severity.toLowerCase(),
        title: name,
        description,
        solution,
      },
      ...{ scanner: scan.scanner, identifiers, location },
    }),
  );
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
