import type { PromotionPolicy } from '../workflows/agent-promotion/messages.ts';
import { digestOf } from './canonical-json.ts';
import type { Config } from './parse-config.ts';
import { accountsOfWave } from './waves.ts';

/**
 * The rules that a promotion of this site takes along as input.
 * @throws Error when the site is not configured
 */
export function toPromotionPolicy(config: Config, siteName: string): PromotionPolicy {
  if (!config.jira.sites.some(({ name }) => name === siteName))
    throw new Error(`no Jira site "${siteName}" in the configuration`);
  return buildPolicy(config, config.processes.promotion.policy);
}

/** All that this worker allows: guarded activities compare a run's policy with these. */
export function promotionPolicies(config: Config): PromotionPolicy[] {
  return Object.keys(config.policies).map((name) => buildPolicy(config, name));
}

function buildPolicy(config: Config, name: string): PromotionPolicy {
  const policy = config.policies[name];
  if (!policy) throw new Error(`no policy "${name}" in the configuration`);
  const { waves, ...rest } = policy;
  const rules = {
    ...rest,
    name,
    waves: resolveWaves(config, waves),
    verifyJob: config.gitlab.verifyJob,
    pipelineVariables: toPipelineVariables(config),
    runLinkBase: runLinkBase(config),
  };
  return { ...rules, digest: digestOf(rules) };
}

function resolveWaves(config: Config, waves: readonly unknown[] | undefined): string[][] {
  const { accounts } = config.aws;
  // A selector without tags: all production accounts.
  return (waves ?? [{}]).map((wave) => accountsOfWave(wave, accounts));
}

/** Which roles the CI job assumes, and where, by the names of deploy/gitlab/.gitlab-ci.yml: role names are no secrets. */
function toPipelineVariables({ aws }: Config): Record<string, string> {
  const { runner, agentDeploy } = aws.roles;
  return { AWS_REGION: aws.region, RUNNER_ROLE_ARN: runner, AGENT_DEPLOY_ROLE_ARN: agentDeploy };
}

/** A run's link is this and its workflow id. */
export function runLinkBase({ temporal }: Config): string {
  return `${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows/`;
}
