import type { Scan } from '../../../workflows/change-approval/facts.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import type { GitlabConnection } from './connection.ts';
import { ReportFindings, SecurityReport, type GitlabJob, type GitlabPipeline } from './schema.ts';

export type Findings = Scan['findings'];

/** `absent`: no report; `unusable`: there is one, and nobody can tell what it says. */
export type Report = Findings | 'absent' | 'unusable';

/** A report is read whole: its parser needs it so. */
export const maxReportBytes = 20 * 1024 * 1024;
const maxFindingPages = 20;
/** GitLab's own report types: without a report their job has shown nothing. */
export const reportTypes: ReadonlySet<string> = new Set([
  'sast',
  'secret_detection',
  'dependency_scanning',
  'container_scanning',
  'cluster_image_scanning',
  'dast',
  'coverage_fuzzing',
  'api_fuzzing',
]);
const severities = ['critical', 'high', 'medium', 'low', 'info', 'unknown'] as const;

export const noFindings: Findings = { critical: 0, high: 0, medium: 0, low: 0, info: 0, unknown: 0 };

export function addFindings(a: Findings, b: Findings): Findings {
  const sums = severities.map((severity): [string, number] => [severity, a[severity] + b[severity]]);
  return Object.fromEntries(sums) as Findings;
}

/**
 * The report that a job left: any tier has it as a file, where nobody's dismissal is known, so that each finding counts.
 * Without the file GitLab is asked for what it made of the report (Ultimate), where dismissed ones are left out.
 */
export async function readReport(gitlab: GitlabConnection, asked: ReportOf): Promise<Report> {
  const { project, job, reportType } = asked;
  const listed = job.artifacts?.find(({ file_type: type }) => type === reportType)?.filename;
  const file = listed ?? `gl-${reportType.replaceAll('_', '-')}-report.json`;
  const report = job.artifacts?.length === 0 ? 'absent' : await downloadReport(gitlab, project, job.id, file);
  if (report !== 'absent') return report;
  return (await askForFindings(gitlab, asked)) ?? 'absent';
}

export interface ReportOf {
  readonly project: string;
  readonly pipeline: GitlabPipeline;
  readonly job: GitlabJob;
  /** As in `artifacts:reports` of the CI file: `secret_detection`. */
  readonly reportType: string;
}

async function downloadReport(
  gitlab: GitlabConnection,
  project: string,
  jobId: number,
  file: string,
): Promise<Report> {
  try {
    return await gitlab.caller(`read report ${file} of job ${jobId} in ${project}`, async () => {
      // gitbeaker puts the path into the address as it is
      const artifactPath = file.split('/').map(encodeURIComponent).join('/');
      const options = { jobId, artifactPath, asStream: true };
      const stream: unknown = await gitlab.artifacts.downloadArchive(project, options);
      if (!(stream instanceof ReadableStream)) return 'unusable';
      const text = await readText(stream as ReadableStream<Uint8Array>);
      return text === null ? 'unusable' : toFindings(text);
    });
  } catch (error) {
    if (failureType(error) === 'NotFound') return 'absent';
    throw error;
  }
}

/** @returns null when it is longer than anybody's report */
async function readText(stream: ReadableStream<Uint8Array>): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    // leaving the loop ends the request
    if (bytes > maxReportBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The report is what a job of the project wrote: hostile. Only its counts leave here. */
export function toFindings(text: string): Findings | 'unusable' {
  const report = SecurityReport.safeParse(parseJson(text));
  if (!report.success || report.data.scan?.status === 'failure') return 'unusable';
  return countOf(report.data.vulnerabilities.map(({ severity }) => severity));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function countOf(found: readonly (string | null | undefined)[]): Findings {
  const words = found.map((severity) => (severity ?? 'unknown').toLowerCase());
  const known = words.map((word) => severities.find((severity) => severity === word) ?? 'unknown');
  const counts = severities.map((severity) => [severity, known.filter((word) => word === severity).length]);
  return Object.fromEntries(counts) as Findings;
}

/** Without a summary of the type GitLab has no report of it: none is not the same as one without findings. */
const query = (field: string) =>
  `query($path: ID!, $iid: ID!, $after: String) { project(fullPath: $path) { pipeline(iid: $iid) { securityReportSummary { ${field} { vulnerabilitiesCount } } securityReportFindings(first: 100, after: $after) { nodes { severity reportType } pageInfo { hasNextPage endCursor } } } } }`;

/** @returns undefined: this GitLab keeps no findings of the pipeline, or none of the type */
async function askForFindings(
  gitlab: GitlabConnection,
  asked: ReportOf,
): Promise<Findings | 'unusable' | undefined> {
  const { pipeline, reportType } = asked;
  if (!pipeline.iid || !reportTypes.has(reportType)) return undefined;
  const field = reportType.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  let sum = noFindings;
  let after: string | null | undefined = null;
  for (let page = 1; page <= maxFindingPages; page += 1) {
    const of: ReportPage | null = await askForPage(gitlab, asked, field, after);
    if (!of?.securityReportFindings || !of.securityReportSummary?.[field]) return undefined;
    const { nodes, pageInfo } = of.securityReportFindings;
    const ofType = nodes.filter((one) => one.reportType?.toLowerCase() === reportType);
    sum = addFindings(sum, countOf(ofType.map(({ severity }) => severity)));
    if (!pageInfo.hasNextPage) return sum;
    after = pageInfo.endCursor;
  }
  return 'unusable';
}

type ReportPage = NonNullable<NonNullable<ReportFindings['project']>['pipeline']>;

async function askForPage(
  gitlab: GitlabConnection,
  { project, pipeline }: ReportOf,
  field: string,
  after: string | null | undefined,
): Promise<ReportPage | null> {
  const action = `read findings of pipeline ${pipeline.id} in ${project}`;
  const variables = { path: project, iid: String(pipeline.iid), after: after ?? null };
  const answer = await gitlab.graphql(action, ReportFindings, query(field), variables);
  return answer?.project?.pipeline ?? null;
}
