import { Option, type Command } from 'commander';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { defaultIssueType } from '../../config/incident-defaults.ts';
import type { Environment } from '../../config/environment.ts';
import { runChecks, type CheckResult } from './doctor/check.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createOutput, type Output } from './output.ts';
import { formatBlock, readDocument, toBlock, writeBlock } from './sync-jira-block.ts';
import { openSite, toSiteChecks } from './sync-jira-checks.ts';
import { checkOptions, logLevels, readToken, type JiraOptions, type LogLevel } from './sync-jira-input.ts';
import { openParameterStore, parametersOf, storeParameters } from './sync-jira-store.ts';
import type { Secret } from '../../config/secret.ts';

/** What the command works with; the tests' own. */
export interface JiraPorts {
  readonly env: Environment;
  readonly stdin: NodeJS.ReadableStream;
  /** Lines for people, beside the output. */
  readonly warn: (line: string) => void;
  readonly output: Output;
  readonly openStore: (
    region: string | undefined,
    env: Environment,
  ) => Promise<Pick<SSMClient, 'send' | 'destroy'>>;
}

export const logLevelOption = () =>
  new Option('--log-level <level>', 'what is said on stderr (default: error)').choices([...logLevels]);

const examples = `
Examples:
  lockkeeper sync jira --email user@example.com --url https://your-company.atlassian.net --project-key SEC
  lockkeeper sync jira --email user@example.com --url https://your-company.atlassian.net --project-key SEC \\
    --token-stdin --store --write < token.txt

The API token comes from LOCKKEEPER_JIRA_API_TOKEN or --token-stdin. It is stored as SecureString only with --store, and shown never.`;

/** The command of the source document (S-1 to S-14), whose flags it keeps. */
export function addSyncJira(sync: Command, end: (code: ExitCode) => void): void {
  sync
    .command('jira')
    .description('check a Jira project for the incident sync, and make its connection')
    .requiredOption('--email <email>', 'Jira email')
    .requiredOption('--url <url>', 'Jira URL, such as https://your-company.atlassian.net')
    .requiredOption('--project-key <key>', 'Jira project key, such as SEC')
    .option('--token <token>', 'Jira API token; other users of this machine see it: --token-stdin is better')
    .option('--token-stdin', 'read the Jira API token from standard input')
    .addOption(logLevelOption())
    .option('--issue-type <name>', 'issue type of new issues', defaultIssueType)
    .option('--connection <name>', 'name of the connection; part of every id', 'aws-main')
    .option('--account <id>', 'AWS account of the membership; default: the one with purpose soc')
    .option('--region <region>', 'AWS region of the membership; default: aws.region')
    .option('--store', 'store e-mail, token, URL and project key in SSM Parameter Store, as SecureString')
    .option('--ssm-prefix <path>', 'where they are stored', '/SecurityIncidentResponse')
    .option('--overwrite', 'with --store: replace parameters that are there')
    .option('--write', 'add the connection to the configuration; else it is printed')
    .option('--dry-run', 'check, and say what would be stored and written')
    .addHelpText('after', examples)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<JiraOptions>();
      end(await connectJira(options, levelOf(command), ownPorts(options)));
    });
}

/** The nearest one that is given: it may stand before the sub-command, too. */
export function levelOf(command: Command): LogLevel {
  for (let at: Command | null = command; at; at = at.parent) {
    const { logLevel } = at.opts<{ logLevel?: LogLevel }>();
    if (logLevel !== undefined) return logLevel;
  }
  return 'error';
}

function ownPorts({ json }: JiraOptions): JiraPorts {
  return {
    env: process.env,
    stdin: process.stdin,
    warn: (line) => void process.stderr.write(`${line}\n`),
    output: createOutput(json === true, (text) => process.stdout.write(text)),
    openStore: openParameterStore,
  };
}

/** Nothing is stored or written unless every check passes. */
export async function connectJira(
  options: JiraOptions,
  level: LogLevel,
  ports: JiraPorts,
): Promise<ExitCode> {
  const { output, warn, env } = ports;
  checkOptions(options, ports);
  const token = await readToken(options, ports);
  const jira = openSite(options, token, { level, write: warn });
  const results = await runChecks(toSiteChecks(jira, options));
  for (const result of results) output.print(result, toLines(result));
  if (results.some(({ state }) => state !== 'ok')) return exitCodes.failed;
  await store(options, token, ports);
  const block = toBlock(options, readDocument(options.config));
  const written = options.write === true && options.dryRun !== true;
  if (written) writeBlock(options.config, block, env);
  const says = options.write === true ? (written ? 'was added to' : 'would be added to') : 'for';
  output.print({ block, config: options.config, written }, [
    '',
    `# ${says} ${options.config}`,
    // --write has shown what it did in the file itself
    ...(written ? [] : formatBlock(block)),
  ]);
  return exitCodes.ok;
}

async function store(
  options: JiraOptions,
  token: Secret,
  { output, openStore, env }: JiraPorts,
): Promise<void> {
  if (options.store !== true) return;
  const parameters = parametersOf(options);
  const dryRun = options.dryRun === true;
  if (!dryRun) {
    const ssm = await openStore(options.region, env);
    try {
      await storeParameters(options, token, ssm);
    } finally {
      ssm.destroy();
    }
  }
  output.print({ stored: parameters, dryRun }, [
    dryRun ? 'would be stored as SecureString:' : 'stored as SecureString:',
    ...parameters.map(
      ({ name, variable }) => `  ${name}${variable === null ? '' : `, read by ${variable}=${name}`}`,
    ),
  ]);
}

function toLines({ name, state, detail, fix }: CheckResult): string[] {
  const line = `${state.padEnd(7)} ${name}${detail ? `: ${detail}` : ''}`;
  return fix === undefined ? [line] : [line, `        Fix: ${fix}`];
}
