import type { Scan, ScanReport } from '../../../workflows/change-approval/facts.ts';
import type { ScanRules } from '../../../workflows/change-approval/messages.ts';
import { listJobs, listPipelines } from './build.ts';
import type { GitlabConnection } from './connection.ts';
import { addFindings, noFindings, readReport, reportTypes, type Findings } from './scan-reports.ts';
import type { GitlabJob, GitlabPipeline } from './schema.ts';

/** A SHA gets more pipelines by schedules, the API and child projects; the newest that holds the scanner counts. */
const maxPipelines = 10;

interface ScanRun {
  readonly pipeline: GitlabPipeline;
  readonly jobs: readonly GitlabJob[];
}

/** One scan for each required name, of exactly this SHA, whatever other SHAs have. */
export async function readScans(
  gitlab: GitlabConnection,
  { project, sha, rules }: { project: string; sha: string; rules: ScanRules },
): Promise<ScanReport> {
  if (rules.required.length === 0) return { sha, scans: [] };
  const runs = await findRuns(gitlab, project, sha, rules.required);
  const scans: Scan[] = [];
  for (const name of rules.required)
    scans.push(await readScan(gitlab, { project, sha, name }, runs.get(name)));
  return { sha, scans };
}

/** Looks through the pipelines, newest first, until each scanner is found. */
async function findRuns(
  gitlab: GitlabConnection,
  project: string,
  sha: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, ScanRun>> {
  const runs = new Map<string, ScanRun>();
  const pipelines = await listPipelines(gitlab, project, sha, maxPipelines);
  for (const pipeline of pipelines.filter((one) => one.sha === sha)) {
    const jobs = await listJobs(gitlab, project, pipeline.id);
    for (const name of names.filter((each) => !runs.has(each))) {
      const matching = jobs.filter((job) => isOf(job, name));
      if (matching.length > 0) runs.set(name, { pipeline, jobs: matching });
    }
    if (runs.size === new Set(names).size) break;
  }
  return runs;
}

/** By the report that it declares, or by its name: GitLab's templates call the analyzers of a type `semgrep-sast`. */
function isOf(job: GitlabJob, name: string): boolean {
  if (job.artifacts?.some(({ file_type: type }) => type === name)) return true;
  const [own, wanted] = [job.name, name].map((each) => each.toLowerCase().replaceAll('_', '-'));
  return own === wanted || (reportTypes.has(name) && own?.endsWith(`-${wanted}`) === true);
}

async function readScan(
  gitlab: GitlabConnection,
  { project, sha, name }: { project: string; sha: string; name: string },
  run: ScanRun | undefined,
): Promise<Scan> {
  if (!run) {
    const href = gitlab.pageOf(project, `commit/${sha}/pipelines`);
    return { name, state: 'missing', finishedAt: null, findings: noFindings, href };
  }
  const state = toScanState(run.jobs.map(({ status }) => status));
  const href = (run.jobs.length === 1 ? run.jobs[0]?.web_url : null) ?? run.pipeline.web_url;
  if (state !== 'passed')
    return { name, state, finishedAt: finishedAt(state, run), findings: noFindings, href };
  const { verdict, findings } = await readFindings(gitlab, project, name, run);
  return { name, state: verdict, finishedAt: finishedAt(state, run), findings, href };
}

/** The worst of all: each analyzer of a type must have ended well. Never begun is missing, and so is what waits for a person. */
export function toScanState(statuses: readonly string[]): Scan['state'] {
  const states = statuses.map(stateOf);
  const order = ['failed', 'running', 'missing', 'passed'] as const;
  return order.find((state) => states.includes(state)) ?? 'missing';
}

function stateOf(status: string): Scan['state'] {
  if (status === 'success') return 'passed';
  if (status === 'failed' || status === 'canceled') return 'failed';
  return status === 'manual' || status === 'skipped' ? 'missing' : 'running';
}

function finishedAt(state: Scan['state'], { jobs }: ScanRun): string | null {
  const times = jobs.flatMap(({ finished_at: at }) => at ?? []).sort();
  return state === 'running' ? null : (times.at(-1) ?? null);
}

/** A report that nobody can read has shown nothing: failed. A job of another kind says it all by its success. */
async function readFindings(
  gitlab: GitlabConnection,
  project: string,
  name: string,
  { pipeline, jobs }: ScanRun,
): Promise<{ verdict: Scan['state']; findings: Findings }> {
  let verdict: Scan['state'] = 'passed';
  let findings = noFindings;
  for (const job of jobs) {
    const reportType = reportTypeOf(job, name);
    const report = await readReport(gitlab, { project, pipeline, job, reportType });
    if (report === 'unusable') verdict = 'failed';
    else if (report !== 'absent') findings = addFindings(findings, report);
    else if (verdict === 'passed' && reportTypes.has(reportType)) verdict = 'missing';
  }
  return { verdict, findings };
}

/** `secret_detection` of a job `secret-detection`; a job of its own name says it by what it declares. */
function reportTypeOf(job: GitlabJob, name: string): string {
  const wanted = name.toLowerCase().replaceAll('-', '_');
  const declared =
    job.artifacts?.map(({ file_type: type }) => type).filter((type) => reportTypes.has(type)) ?? [];
  return reportTypes.has(wanted) ? wanted : (declared[0] ?? wanted);
}
