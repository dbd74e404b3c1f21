import type { Via } from '../workflows/approval/messages.ts';
import type { Environment } from './environment.ts';
import type { ConfigFault } from './fault.ts';
import { Secret } from './secret.ts';
import { parsePrivateKeys, signingKeyOf } from './signing-keys.ts';

/** Where each secret comes from: this variable, or the file that `<variable>_FILE` names. */
export const secretVariables = {
  jiraEmail: 'LOCKKEEPER_JIRA_EMAIL',
  jiraApiToken: 'LOCKKEEPER_JIRA_API_TOKEN',
  jiraWebhookSecret: 'LOCKKEEPER_JIRA_WEBHOOK_SECRET',
  jiraAutomationToken: 'LOCKKEEPER_JIRA_AUTOMATION_TOKEN',
  gitlabToken: 'LOCKKEEPER_GITLAB_TOKEN',
  /** For the projects whose deploys are gated, where it plays jobs; left out: the one above. */
  gitlabChangesToken: 'LOCKKEEPER_GITLAB_CHANGES_TOKEN',
  gitlabWebhookToken: 'LOCKKEEPER_GITLAB_WEBHOOK_TOKEN',
  gitlabSigningToken: 'LOCKKEEPER_GITLAB_SIGNING_TOKEN',
  /** Of CI systems other than GitLab at the gate's routes; who asks with it is unknown. */
  gateToken: 'LOCKKEEPER_GATE_TOKEN',
  slackBotToken: 'LOCKKEEPER_SLACK_BOT_TOKEN',
  slackSigningSecret: 'LOCKKEEPER_SLACK_SIGNING_SECRET',
  /** Socket Mode, `xapp-…`; left out: Slack calls over HTTP. */
  slackAppToken: 'LOCKKEEPER_SLACK_APP_TOKEN',
  /** Private keys of the decision gateway, a JWK Set; the starters' alone. */
  decisionKeys: 'LOCKKEEPER_DECISION_KEYS',
  /** Private key that attests answers in Jira, a JWK Set; the Jira queue's alone. */
  jiraAttestationKeys: 'LOCKKEEPER_JIRA_ATTESTATION_KEYS',
  /** Id and secret of Halo's API key with auditor permissions (H-52, H-53). */
  haloKey: 'HALO_API_KEY',
  haloSecret: 'HALO_API_SECRET_KEY',
} as const;

/** The source document's names of what has a name of ours (H-55, H-56). */
export const secretAliases = { jiraEmail: 'JIRA_API_USER', jiraApiToken: 'JIRA_API_TOKEN' } as const;

export type SecretName = keyof typeof secretVariables;
export type Secrets = Readonly<Partial<Record<SecretName, Secret>>>;

/** GitLab's form: `whsec_` and the base64 of 24 to 64 bytes. A shorter key could be guessed. */
const signingToken = /^whsec_(?=(?:.{4}){8,22}$)[A-Za-z0-9+/]+={0,2}$/;

/** @returns the secrets that are set; an empty one is a fault: an HMAC with an empty key is something anybody can compute */
export function readSecrets(env: Environment): { secrets: Secrets; faults: ConfigFault[] } {
  const secrets: Partial<Record<SecretName, Secret>> = {};
  const faults: ConfigFault[] = [];
  for (const [name, own] of Object.entries(secretVariables) as [SecretName, string][]) {
    const alias = aliasOf(name);
    const variable = env[own] === undefined && alias !== undefined ? alias : own;
    const value = env[variable];
    if (value === undefined) continue;
    if (alias !== undefined && env[alias] !== undefined && env[alias] !== value)
      faults.push({ path: alias, problem: `is another than ${own}`, fix: 'unset one of the two' });
    const problem = findSecretProblem(name, value);
    if (problem) faults.push({ path: variable, ...problem });
    else secrets[name] = new Secret(value);
  }
  return { secrets, faults };
}

function aliasOf(name: SecretName): string | undefined {
  return (secretAliases as Readonly<Partial<Record<SecretName, string>>>)[name];
}

function findSecretProblem(name: SecretName, value: string): { problem: string; fix: string } | undefined {
  if (value.trim() === '') return { problem: 'is empty', fix: 'set it to the secret, or unset it' };
  if (name === 'gitlabSigningToken' && !signingToken.test(value))
    return { problem: 'is no signing token', fix: 'copy it from GitLab as it is: whsec_ and base64' };
  if (name === 'jiraEmail' && !/^[^\s@]+@[^\s@]+$/.test(value))
    return { problem: 'is no e-mail address', fix: 'set it to the e-mail of the bot’s Jira account' };
  if (name === 'decisionKeys') return findKeyProblem(value);
  return name === 'jiraAttestationKeys' ? findKeyProblem(value, 'jira') : undefined;
}

/** The value itself is never repeated: it is a private key. */
function findKeyProblem(value: string, via?: Via): { problem: string; fix: string } | undefined {
  const keys = parsePrivateKeys(value);
  if (!keys)
    return {
      problem: 'is no JWK Set of private Ed25519 keys with kid and lk_via',
      fix: 'set it, with _FILE at its end, to a file that `lockkeeper setup keys` made',
    };
  if (!signingKeyOf(keys))
    return {
      problem: 'has only replaced or revoked keys',
      fix: 'make a new one: lockkeeper setup keys --rotate',
    };
  if (via === undefined || signingKeyOf(keys, via)) return undefined;
  return {
    problem: `has no current key that may speak for ${via}`,
    fix: 'do not mix up the files of `lockkeeper setup keys`',
  };
}

/**
 * The secrets that a process of this role cannot do without.
 * @returns all of them, or a fault for each that is missing
 */
export function requireSecrets<N extends SecretName>(
  config: { readonly secrets: Secrets },
  names: readonly N[],
): { readonly secrets: Readonly<Record<N, Secret>> } | { readonly faults: readonly ConfigFault[] } {
  const faults = names
    .filter((name) => !config.secrets[name])
    .map((name) => missingSecret(secretVariables[name]));
  return faults.length > 0 ? { faults } : { secrets: config.secrets as Readonly<Record<N, Secret>> };
}

/** One of several will do, such as GitLab's webhook token or its signing token. */
export function requireAnySecret(
  config: { readonly secrets: Secrets },
  names: readonly SecretName[],
): readonly ConfigFault[] {
  if (names.some((name) => config.secrets[name])) return [];
  return [missingSecret(names.map((name) => secretVariables[name]).join(' or '))];
}

function missingSecret(path: string): ConfigFault {
  return {
    path,
    problem: 'is not set',
    fix: 'set it, or set it with _FILE at its end to the path of a file',
  };
}
