import type { CiDefinition, JobResult, JobRun, JobRunner } from './ci-definition.ts';
import { makeReport, type FindingInput } from './security-report.ts';

/** What a job of this name does from now on; `running` waits until its end is told. */
export interface JobScript {
  readonly status: 'success' | 'failed' | 'running';
  readonly findings?: readonly FindingInput[] | undefined;
  /** The report file as it is to be, in place of `findings`; null: the job leaves none. */
  readonly report?: string | null | undefined;
}

/** A runner that executes nothing: jobs succeed at once and scans find nothing, unless a script says otherwise. */
export interface ScriptedRunner {
  readonly run: JobRunner;
  /** For every later job of this name. */
  script(job: string, script: JobScript): void;
  /** The files that such an end leaves. */
  artifactsOf(job: string, script: JobScript): Record<string, string>;
}

export function createScriptedRunner(ci: CiDefinition, now: () => Date): ScriptedRunner {
  const scripts = new Map<string, JobScript>();

  function artifactsOf(name: string, { findings = [], report }: JobScript): Record<string, string> {
    const kinds = Object.entries(ci.jobs.find((job) => job.name === name)?.reports ?? {});
    if (report === null) return {};
    const at = { start: now(), end: now() };
    return Object.fromEntries(kinds.map(([kind, path]) => [path, report ?? makeReport(kind, findings, at)]));
  }

  async function run({ name, script, signal }: JobRun): Promise<JobResult> {
    const { status, ...rest } = scripts.get(name) ?? { status: 'success' as const };
    if (status === 'running') await aborted(signal);
    const ended = status === 'success' ? 'success' : 'failed';
    const last = ended === 'success' ? 'Job succeeded' : 'ERROR: Job failed: exit code 1';
    return {
      status: ended,
      trace: `$ ${script}\n${last}\n`,
      artifacts: artifactsOf(name, { status, ...rest }),
    };
  }

  return { run, script: (job, script) => void scripts.set(job, script), artifactsOf };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
