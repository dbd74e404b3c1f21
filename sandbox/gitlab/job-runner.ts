import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepHead } from '../isolation/bounded-output.ts';
import { requireIsolation } from '../isolation/isolation-available.ts';
import { runIsolated, type IsolatedCommand, type Mount } from '../isolation/run-isolated.ts';
import { openSocketBridge } from '../isolation/socket-bridge.ts';
import type { JobResult, JobRun, JobRunner } from './ci-definition.ts';

export interface JobRunnerOptions {
  /** What jobs reach, under this very host and port, besides nothing: `http://127.0.0.1:<port>`. */
  readonly awsEndpoint: string;
  /** The runner machine's own credentials, those of `ci-runner`. */
  readonly awsCredentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The project's files; a job works in a copy of them. */
  readonly projectDir: string;
  /** A second bound beside GitLab's own job timeout. */
  readonly timeoutSeconds?: number;
}

const maxTraceBytes = 1024 * 1024;
const jobFiles = fileURLToPath(new URL('./job', import.meta.url));
const nodeModules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const jobPath = '/lab/job/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A GitLab runner: each job's script really runs, in Linux namespaces of its own, in a fresh copy of the project, with an
 * `aws` command that makes real signed calls. It reaches the AWS endpoint and nothing else. Rejects where nothing can be isolated.
 */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
  return async (job) => {
    await requireIsolation();
    const labDir = mkdtempSync(path.join(tmpdir(), 'job-'));
    try {
      return await runJob(job, labDir, options);
    } finally {
      rmSync(labDir, { recursive: true, force: true });
    }
  };
}

async function runJob(job: JobRun, labDir: string, options: JobRunnerOptions): Promise<JobResult> {
  const { hostname: host, port } = new URL(options.awsEndpoint);
  const aws = { host, port: Number(port), socketPath: path.join(labDir, 'aws.sock') };
  const trace = keepHead(maxTraceBytes);
  const ends = AbortSignal.any([job.signal, AbortSignal.timeout((options.timeoutSeconds ?? 3600) * 1000)]);
  writeFileSync(path.join(labDir, 'script.sh'), toShellScript(job.script), { mode: 0o600 });
  const command: IsolatedCommand = {
    labDir,
    hostname: `runner-job-${job.id}`,
    command: ['bash', '/lab/run/script.sh'],
    env: environmentOf(job, options),
    forwards: [aws],
    mounts: mountsOf(options.projectDir),
    console: trace.stream,
  };
  const bridge = await openSocketBridge(aws);
  try {
    const code = await runUntil(ends, command);
    return {
      status: code === 0 ? 'success' : 'failed',
      trace: trace.text() + lastLine(code, ends, job.signal),
    };
  } finally {
    bridge.close();
  }
}

async function runUntil(ends: AbortSignal, command: IsolatedCommand): Promise<number> {
  const running = runIsolated(command);
  ends.addEventListener('abort', running.kill);
  if (ends.aborted) running.kill();
  return running.exit.finally(() => ends.removeEventListener('abort', running.kill));
}

function mountsOf(projectDir: string): Mount[] {
  return [
    { source: jobFiles, target: '/lab/job' },
    { source: nodeModules, target: '/lab/node_modules' },
    { source: path.resolve(projectDir), target: '/lab/project' },
  ];
}

/** The job's variables as GitLab gives them; the machine's own settings win. */
function environmentOf(job: JobRun, options: JobRunnerOptions): Record<string, string> {
  const bad = Object.keys(job.variables).find((name) => !variableName.test(name));
  if (bad !== undefined) throw new Error(`variable ${JSON.stringify(bad)}: letters, digits and _ only`);
  return {
    AWS_REGION: 'us-east-1',
    ...job.variables,
    PATH: jobPath,
    HOME: '/root',
    LANG: 'C.UTF-8',
    AWS_ENDPOINT_URL: options.awsEndpoint,
    AWS_ACCESS_KEY_ID: options.awsCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: options.awsCredentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** As GitLab's shell executor: a checkout, then the lines under `set -eo pipefail`. */
function toShellScript(script: string): string {
  return `set -eo pipefail\ncp -r /lab/project /builds && cd /builds\n${script}\n`;
}

function lastLine(code: number, ends: AbortSignal, canceled: AbortSignal): string {
  if (canceled.aborted) return 'ERROR: Job failed: canceled\n';
  if (ends.aborted) return 'ERROR: Job failed: execution took too long\n';
  return code === 0 ? 'Job succeeded\n' : `ERROR: Job failed: exit code ${code}\n`;
}
