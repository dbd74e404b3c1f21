import type { Config } from '../../config/parse-config.ts';
import type { Secret } from '../../config/secret.ts';
import { requireSecrets, type SecretName } from '../../config/secrets.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { createRest, type Rest } from './rest.ts';

export type JiraSite = Config['jira']['sites'][number];

/** @throws CliError when the credentials are not set */
export function openJira(config: Config, site: JiraSite): Rest {
  const { jiraEmail, jiraApiToken } = demand(config, ['jiraEmail', 'jiraApiToken']);
  const basic = Buffer.from(`${jiraEmail.reveal()}:${jiraApiToken.reveal()}`).toString('base64');
  return createRest('jira', site.baseUrl, { authorization: `Basic ${basic}` });
}

/** Paths below `/api/v4`. @throws CliError when the token is not set */
export function openGitlab(config: Config): Rest {
  const { gitlabToken } = demand(config, ['gitlabToken']);
  return createRest('gitlab', `${config.gitlab.baseUrl}/api/v4`, { 'private-token': gitlabToken.reveal() });
}

/** The configured project, as it stands in a path. */
export function gitlabProjectPath({ gitlab }: Config): string {
  return `/projects/${encodeURIComponent(gitlab.project)}`;
}

/** Paths are method names. @throws CliError when the token is not set */
export function openSlack(config: Config): Rest {
  const { slackBotToken } = demand(config, ['slackBotToken']);
  const baseUrl = (config.endpoints.slack ?? 'https://slack.com/api').replace(/\/+$/, '');
  return createRest('slack', baseUrl, { authorization: `Bearer ${slackBotToken.reveal()}` });
}

/** @throws CliError that names what is not set */
export function demand<N extends SecretName>(
  config: Config,
  names: readonly N[],
): Readonly<Record<N, Secret>> {
  const required = requireSecrets(config, names);
  if ('secrets' in required) return required.secrets;
  const missing = required.faults.map(({ path }) => path).join(', ');
  throw new CliError(
    exitCodes.usage,
    `not set: ${missing}`,
    'Set it, or its name with _FILE to the path of a file.',
  );
}
