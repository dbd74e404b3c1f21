import type { CodeReview, Scan, ScanReport } from '../../../workflows/change-approval/facts.ts';
import type { ScanRules } from '../../../workflows/change-approval/messages.ts';
import type { People } from '../../../workflows/change-approval/review-facts.ts';
import { createFailure, failureType } from '../../../workflows/shared/failures.ts';
import type { ChangePermission } from '../../jira/changes/port.ts';
import { readBuild } from './build.ts';
import type { GitlabConnection } from './connection.ts';
import { reviewCode } from './review-code.ts';
import { unattended } from './review-cursor.ts';
import { readScans } from './scans.ts';
import { GitlabDeployments } from './schema.ts';

const hourMs = 3_600_000;

/**
 * Nobody approved, so nothing that the caller found is believed: code, scans and build are read again here, by the rules that this
 * worker's guard has just compared. The range begins at what GitLab itself deployed last to the environment: never later than the
 * last approved change, and nothing that an input could shorten. No such deployment is a first deploy (C-26).
 * @throws PolicyViolation that says what a person must decide
 */
export async function checkAutomatically(
  gitlab: GitlabConnection,
  people: People,
  { build, policy }: ChangePermission,
  pipelineId: number,
): Promise<void> {
  const { project, sha: to } = build;
  const { buildStatus } = await readBuild(gitlab, people, { build, pipelineId });
  if (buildStatus !== 'success') throw refuse('the build job did not succeed');
  const from = await findLastDeployed(gitlab, project, build.environment);
  if (from === null) throw refuse(`GitLab knows no deployment to ${build.environment} before this one`);
  const review = await reviewCode(gitlab, people, { project, from, to, rules: policy.review }, unattended);
  const scans = await readScans(gitlab, { project, sha: to, rules: policy.scans });
  const faults = [...faultsOfReview(review), ...faultsOfScans(scans, policy.scans, Date.now())];
  if (faults.length > 0) throw refuse(faults.slice(0, 5).join('; '));
}

async function findLastDeployed(
  gitlab: GitlabConnection,
  project: string,
  environment: string,
): Promise<string | null> {
  const query = { environment, status: 'success', orderBy: 'id', sort: 'desc', perPage: 1, page: 1 } as const;
  try {
    const action = `list deployments of ${project} to ${environment}`;
    const [last] = await gitlab.call(action, GitlabDeployments, () => gitlab.deployments.all(project, query));
    return last?.sha ?? null;
  } catch (error) {
    // an environment that GitLab does not know
    if (['NotFound', 'InvalidInput'].includes(failureType(error))) return null;
    throw error;
  }
}

function faultsOfReview({ linear, findings, moreFindings }: CodeReview): readonly string[] {
  const found = findings.length + moreFindings;
  return [
    ...(linear ? [] : ['what is deployed is no ancestor of this commit']),
    ...(found === 0
      ? []
      : [`${found} commits need a person: ${findings.map(({ rule }) => rule).join(', ')}`]),
  ];
}

function faultsOfScans({ scans }: ScanReport, rules: ScanRules, now: number): readonly string[] {
  return rules.required.flatMap((name) => {
    const scan = scans.find((one) => one.name === name);
    return scan?.state === 'passed'
      ? faultsOfScan(scan, rules, now)
      : [`scan ${name} is ${scan?.state ?? 'missing'}`];
  });
}

function faultsOfScan(
  { name, finishedAt, findings }: Scan,
  rules: ScanRules,
  now: number,
): readonly string[] {
  const blocking = rules.blocking.filter((severity) => findings[severity] > 0);
  const age = finishedAt === null ? Infinity : now - Date.parse(finishedAt);
  return [
    ...blocking.map((severity) => `scan ${name} has ${findings[severity]} ${severity} findings`),
    ...(age <= rules.maxAgeHours * hourMs ? [] : [`scan ${name} is older than ${rules.maxAgeHours} hours`]),
  ];
}

function refuse(reason: string): Error {
  return createFailure('PolicyViolation', `gitlab: this deploy needs a person: ${reason}`);
}
