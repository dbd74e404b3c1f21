import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { requireTemporal, runInSession, type GlobalOptions, type Session } from './session.ts';
import { addSetupKeys } from './setup-keys.ts';
import { temporalSteps, type SetupStep } from './setup-temporal.ts';
import { webhookSteps } from './setup-webhooks.ts';

interface SetupOptions extends GlobalOptions {
  readonly webhooks?: string;
  readonly dryRun?: boolean;
}

export function addSetup(program: Command, end: (code: ExitCode) => void): void {
  const setup = program
    .command('setup')
    .description('prepare Temporal (search attributes, schedules) and the vendors’ webhooks; may be repeated')
    .option('--webhooks <url>', 'also register the webhooks; the public base URL of the starters')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper setup --dry-run\n  lockkeeper setup --webhooks https://lockkeeper.example.com\n' +
        '\nA Jira webhook is registered with the rights of LOCKKEEPER_JIRA_EMAIL, which must be a Jira administrator’s for that.',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<SetupOptions>();
      end(await runInSession(options, (session) => setUp(session, options)));
    });
  addSetupKeys(setup, end);
}

async function setUp(session: Session, options: SetupOptions): Promise<ExitCode> {
  const { webhooks } = options;
  const steps = [
    ...temporalSteps(session),
    ...(webhooks === undefined ? [] : webhookSteps(session.config, toBaseUrl(session, webhooks))),
  ];
  if (options.dryRun !== true) await requireTemporal(session);
  for (const step of steps) await runStep(session, step, options.dryRun === true);
  return exitCodes.ok;
}

async function runStep({ output }: Session, { name, run }: SetupStep, dryRun: boolean): Promise<void> {
  const result = dryRun ? 'would be done' : await run();
  output.print({ step: name, result, dryRun }, [`${name}: ${result}`]);
}

function toBaseUrl({ config }: Session, typed: string): string {
  const isUsable = URL.canParse(typed) && (typed.startsWith('https:') || config.endpoints.sandbox);
  if (isUsable) return typed.replace(/\/+$/, '');
  throw new CliError(
    exitCodes.usage,
    `--webhooks: "${typed}" is no https URL`,
    'Give the URL at which the vendors reach the starters.',
  );
}
