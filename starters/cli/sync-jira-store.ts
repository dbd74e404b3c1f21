import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Environment } from '../../config/environment.ts';
import type { Secret } from '../../config/secret.ts';
import { secretVariables } from '../../config/secrets.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { JiraOptions } from './sync-jira-input.ts';

export interface StoredParameter {
  readonly name: string;
  /** The variable by which a process is told of it; null: none reads it. */
  readonly variable: string | null;
}

const timeoutMs = 10_000;

/** S-68 to S-71; with a prefix for each instance they do not collide. */
export function parametersOf({ ssmPrefix }: Pick<JiraOptions, 'ssmPrefix'>): readonly StoredParameter[] {
  return [
    { name: `${ssmPrefix}/jiraEmail`, variable: `${secretVariables.jiraEmail}_SSM` },
    { name: `${ssmPrefix}/jiraToken`, variable: `${secretVariables.jiraApiToken}_SSM` },
    { name: `${ssmPrefix}/jiraUrl`, variable: null },
    { name: `${ssmPrefix}/jiraProjectKey`, variable: null },
  ];
}

/**
 * All as SecureString (S-85, X-13). Repeating it with --overwrite writes a further version of the same values.
 * @throws CliError naming the parameter
 */
export async function storeParameters(
  options: JiraOptions,
  token: Secret,
  ssm: Pick<SSMClient, 'send'>,
): Promise<void> {
  const { PutParameterCommand } = await import('@aws-sdk/client-ssm');
  const values = [options.email, token.reveal(), options.url, options.projectKey];
  for (const [index, { name }] of parametersOf(options).entries()) {
    const command = new PutParameterCommand({
      ...{ Name: name, Value: values[index] ?? '', Type: 'SecureString' },
      Overwrite: options.overwrite === true,
      Description: 'Jira of the incident sync (Lockkeeper)',
    });
    try {
      await ssm.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      throw toStoreError(name, error);
    }
  }
}

function toStoreError(name: string, error: unknown): CliError {
  const kind = error instanceof Error ? error.name : 'unknown';
  if (kind === 'ParameterAlreadyExists')
    return new CliError(
      exitCodes.failed,
      `${name} is there already`,
      'Replace it with --overwrite, or name another --ssm-prefix.',
    );
  return new CliError(
    exitCodes.failed,
    `${name} cannot be stored (${kind})`,
    'Check the AWS credentials and the region; ssm:PutParameter and the right to use the key are needed.',
  );
}

/** The SDK's own chain of credentials (S-20). @throws CliError no region */
export async function openParameterStore(region: string | undefined, env: Environment): Promise<SSMClient> {
  const chosen = region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (chosen === undefined)
    throw new CliError(
      exitCodes.usage,
      'no AWS region is given',
      'Name it with --region, or set AWS_REGION.',
    );
  const endpoint = env['LOCKKEEPER_SANDBOX'] === '1' ? env['LOCKKEEPER_AWS_ENDPOINT'] : undefined;
  const { SSMClient: Client } = await import('@aws-sdk/client-ssm');
  return new Client({ region: chosen, maxAttempts: 2, ...(endpoint === undefined ? {} : { endpoint }) });
}
