import { text as readAll } from 'node:stream/consumers';
import { Secret } from '../../config/secret.ts';
import type { Environment } from '../../config/environment.ts';
import { resolveSecretFiles } from '../../config/secret-files.ts';
import { secretVariables } from '../../config/secrets.ts';
import { readFileSync } from 'node:fs';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { GlobalOptions } from './session.ts';

export const logLevels = ['error', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface JiraOptions extends GlobalOptions {
  readonly email: string;
  readonly url: string;
  readonly projectKey: string;
  readonly token?: string;
  readonly tokenStdin?: boolean;
  readonly issueType: string;
  readonly connection: string;
  readonly account?: string;
  readonly region?: string;
  readonly store?: boolean;
  readonly overwrite?: boolean;
  readonly ssmPrefix: string;
  readonly write?: boolean;
  readonly dryRun?: boolean;
}

/** Where a token may come from. */
export interface TokenPlaces {
  readonly env: Environment;
  readonly stdin: AsyncIterable<Uint8Array> | NodeJS.ReadableStream;
  /** Takes a line for people. */
  readonly warn: (line: string) => void;
}

const variable = secretVariables.jiraApiToken;

/** From standard input, the environment, or the command line, in this order. @throws CliError */
export async function readToken(
  { token, tokenStdin = false }: Pick<JiraOptions, 'token' | 'tokenStdin'>,
  { env, stdin, warn }: TokenPlaces,
): Promise<Secret> {
  if (token !== undefined && tokenStdin)
    throw new CliError(exitCodes.usage, '--token and --token-stdin are given', 'Give one of them.');
  if (token !== undefined)
    warn(
      `Warning: --token is seen by other users of this machine and stays in the shell’s history. Use ${variable} or --token-stdin.`,
    );
  const given = tokenStdin ? await readAll(stdin as NodeJS.ReadableStream) : (token ?? fromEnvironment(env));
  const trimmed = given?.trim() ?? '';
  if (/^[\x21-\x7e]{1,4096}$/.test(trimmed)) return new Secret(trimmed);
  throw new CliError(
    exitCodes.usage,
    trimmed === '' ? 'no API token is given' : 'the API token has characters that no token has',
    `Set ${variable}, or pipe it in with --token-stdin.`,
  );
}

function fromEnvironment(env: Environment): string | undefined {
  const { env: own, faults } = resolveSecretFiles(
    { [variable]: env[variable], [`${variable}_FILE`]: env[`${variable}_FILE`] },
    (path) => readFileSync(path, 'utf8'),
  );
  const [fault] = faults;
  if (fault) throw new CliError(exitCodes.usage, `${fault.path} ${fault.problem}`, `${fault.fix}.`);
  return own[variable];
}

/** All faults at once. @throws CliError */
export function checkOptions(options: JiraOptions, { env }: Pick<TokenPlaces, 'env'>): void {
  const { email, url, projectKey, account, region, ssmPrefix, connection } = options;
  const rules: readonly (readonly [boolean, string])[] = [
    [/^[^\s@]+@[^\s@]+$/.test(email), `--email: "${email}" is no e-mail address`],
    [
      isSite(url, env['LOCKKEEPER_SANDBOX'] === '1'),
      `--url: "${url}" is not of the form https://your-company.atlassian.net`,
    ],
    [/^[A-Z][A-Z0-9_]+$/.test(projectKey), `--project-key: "${projectKey}" is not of the form SEC`],
    [
      /^[a-z0-9][a-z0-9-]{0,62}$/.test(connection),
      `--connection: "${connection}" is not of the form aws-main`,
    ],
    [account === undefined || /^[0-9]{12}$/.test(account), '--account: 12 digits are expected'],
    [
      region === undefined || /^[a-z]{2}(-[a-z]+)+-[0-9]$/.test(region),
      '--region: a region such as eu-central-1 is expected',
    ],
    [
      /^(?:\/[\w.-]+){1,14}$/.test(ssmPrefix),
      `--ssm-prefix: "${ssmPrefix}" is not of the form /SecurityIncidentResponse`,
    ],
  ];
  const faults = rules.flatMap(([holds, fault]) => (holds ? [] : [fault]));
  if (faults.length > 0)
    throw new CliError(exitCodes.usage, faults.join('\n'), 'See: lockkeeper sync jira --help');
}

/** A credential goes there: in clear only within this machine. */
function isSite(typed: string, sandbox: boolean): boolean {
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  const isBare = url?.username === '' && url.search === '' && url.hash === '' && url.pathname === '/';
  const isLoopback =
    sandbox && url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  return isBare && (url.protocol === 'https:' || isLoopback);
}
