import type { PromotionPolicy, WaveRules } from '../workflows/agent-promotion/messages.ts';
import { toApprovalPolicy } from './approval-policy.ts';
import { digestOf } from './canonical-json.ts';
import type { Config } from './parse-config.ts';
import { LongWave } from './wave-schema.ts';
import { accountsOfWave } from './waves.ts';

/**
 * The rules that a promotion of this site takes along as input.
 * @throws Error when the site is not configured
 */
export function toPromotionPolicy(config: Config, siteName: string): PromotionPolicy {
  const site = config.jira.sites.find(({ name }) => name === siteName);
  if (!site) throw new Error(`no Jira site "${siteName}" in the configuration`);
  return buildPolicy(config, site.policy ?? config.processes.promotion.policy);
}

/**
 * What a workflow may work under, by the site in its id: another site's rules, which may be laxer, are not its own.
 * @returns none for an id that is no promotion's or rollback's of a configured site
 */
export function promotionPoliciesFor(config: Config, workflowId: string): PromotionPolicy[] {
  const site = /^(?:agent-promotion|promotion-rollback):([^:/]+):[0-9]+$/.exec(workflowId)?.[1];
  return config.jira.sites.some(({ name }) => name === site) ? [toPromotionPolicy(config, site ?? '')] : [];
}

function buildPolicy(config: Config, name: string): PromotionPolicy {
  const policy = config.policies[name];
  if (!policy) throw new Error(`no policy "${name}" in the configuration`);
  const { waves, approval, ...rest } = policy;
  const { freeze } = config;
  const { rollback } = config.processes.promotion;
  const rules = {
    ...rest,
    name,
    waves: resolveWaves(config, waves),
    approval: approval === undefined ? null : toApprovalPolicy(config, approval),
    exception: freeze?.exception === undefined ? null : toApprovalPolicy(config, freeze.exception),
    rollback: rollback === undefined ? null : toApprovalPolicy(config, rollback),
    freezes: freeze !== undefined,
    verifyJob: config.gitlab.verifyJob,
    pipelineVariables: toPipelineVariables(config),
    runLinkBase: runLinkBase(config),
  };
  return { ...rules, digest: digestOf(rules) };
}

function resolveWaves(config: Config, waves: readonly unknown[] | undefined): WaveRules[] {
  const { accounts } = config.aws;
  // A selector without tags: all production accounts.
  return (waves ?? [{}]).map((wave) => {
    const long = LongWave.safeParse(wave);
    const { approval, bakeMinutes = 0, probe = null, maxFailed = 0 } = long.success ? long.data : {};
    return {
      accounts: accountsOfWave(wave, accounts),
      approval: approval === undefined ? null : toApprovalPolicy(config, approval),
      bakeMinutes,
      probe,
      maxFailed,
    };
  });
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
