import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { CiDefinition, CiJob } from './ci-definition.ts';

/** GitLab's default when a job names no timeout. */
const defaultTimeoutSeconds = 3600;
/** Top-level keys that are no jobs (GitLab docs, CI/CD YAML syntax reference). */
const globalKeys = new Set([
  'cache',
  'default',
  'image',
  'include',
  'services',
  'spec',
  'stages',
  'variables',
  'workflow',
]);

const Job = z.object({
  stage: z.string().default('test'),
  script: z.union([z.string(), z.array(z.string()).min(1)]),
  resource_group: z.string().optional(),
  timeout: z.string().optional(),
  when: z.enum(['on_success', 'manual']).default('on_success'),
  allow_failure: z.boolean().optional(),
  environment: z.union([z.string(), z.object({ name: z.string() })]).optional(),
  artifacts: z.object({ reports: z.record(z.string(), z.string()).default({}) }).optional(),
});
const Workflow = z.object({ name: z.string().optional() });

/**
 * Reads the jobs of a real `.gitlab-ci.yml`, as much of it as the stand-in runs. Throws with the job's and the key's name
 * when the file says something that cannot be read.
 */
export function readCiDefinition(file: string): CiDefinition {
  const document = z.record(z.string(), z.unknown()).parse(parse(readFileSync(file, 'utf8')));
  const workflow = Workflow.parse(document['workflow'] ?? {});
  const jobs = Object.entries(document)
    .filter(([key]) => !globalKeys.has(key) && !key.startsWith('.'))
    .map(([name, job]) => toCiJob(name, job));
  if (jobs.length === 0) throw new Error(`${file}: there is no job`);
  return { ...(workflow.name === undefined ? {} : { workflowName: workflow.name }), jobs };
}

function toCiJob(name: string, raw: unknown): CiJob {
  const parsed = Job.safeParse(raw);
  if (!parsed.success) throw new Error(`job ${name}: ${z.prettifyError(parsed.error)}`);
  const { stage, script, resource_group: resourceGroup, timeout } = parsed.data;
  return {
    name,
    stage,
    script: Array.isArray(script) ? script.join('\n') : script,
    ...(resourceGroup === undefined ? {} : { resourceGroup }),
    timeoutSeconds: timeout === undefined ? defaultTimeoutSeconds : toSeconds(name, timeout),
    ...optionsOf(parsed.data),
  };
}

/** A manual job may fail unless it says otherwise (GitLab docs, `allow_failure`). */
function optionsOf({ when, allow_failure: allowed, environment, artifacts }: z.infer<typeof Job>) {
  const manual = when === 'manual';
  return {
    ...(manual ? { manual } : {}),
    ...((allowed ?? manual) ? { allowFailure: true } : {}),
    ...(environment === undefined
      ? {}
      : { environment: typeof environment === 'string' ? environment : environment.name }),
    ...(artifacts ? { reports: artifacts.reports } : {}),
  };
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `90s`, `10 minutes`, `1h 30m`: GitLab's durations without weeks and longer. */
function toSeconds(job: string, text: string): number {
  const parts = [...text.matchAll(/(\d+)\s*(s|m|h)[a-z]*/g)];
  if (!/^(\d+\s*(s(ec(ond)?s?)?|m(in(ute)?s?)?|h(r|our)?s?)\s*)+$/.test(text))
    throw new Error(`job ${job}: timeout ${JSON.stringify(text)} is no duration such as "10 minutes"`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0), 0);
}
