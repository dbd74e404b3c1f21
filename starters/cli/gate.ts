import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import type { IdentityOptions } from './gate/identity.ts';
import { openGate, type GateOptions, type GateSession } from './gate/open-gate.ts';
import { requestGate, type RequestOptions } from './gate/request.ts';
import { reportDeployed, reportPlan, type DeployedOptions } from './gate/tell.ts';
import { waitAtGate, type WaitOptions } from './gate/wait.ts';
import { readPlan } from './plan-risk/read-plan.ts';

const environmentHelp = `
The gate: LOCKKEEPER_GATE_URL, or decisions: gatewayUrl of the configuration; a CI job needs no configuration.
Who asks: LOCKKEEPER_ID_TOKEN, a GitLab ID token, or in another CI LOCKKEEPER_GATE_TOKEN.
In GitLab project, build, branch and commit come from the job's own variables.`;

const waitHelp = `
Exit codes:
  0   approved and valid: deploy now
  10  rejected    11  cancelled    12  expired
  13  mismatch: it is not what was approved
  14  still waiting when --timeout was over
  2   wrong usage    3  never requested    4  the gate does not answer`;

const planHelp = `
Exit codes:
  0   not risky, or ungated
  20  risky: people are asked; wait for them with gate wait
  2   wrong usage, or not a plan    4  the gate does not answer`;

/** What a CI job says and asks around its deploy. */
export function addGate(program: Command, end: (code: ExitCode) => void): void {
  const gate = program.command('gate').description('the change approval of a deploy, as CI sees it');
  gate.addHelpText('after', toHelp(['gate request --environment production --build-job build', 'gate wait']));
  const run = async <O extends GateOptions>(
    command: Command,
    act: (session: GateSession, options: O) => Promise<ExitCode>,
  ) => {
    const options = command.optsWithGlobals<O>();
    end(await act(openGate(options, process.env), options));
  };

  withBuild(gate.command('request'))
    .description('find or open the change ticket of a build')
    .option('--pipeline <id>', 'the GitLab pipeline')
    .option('--detach', 'do not wait in CI: a manual job is played once everything is approved')
    .option('--deploy-job <id or name>', 'that manual job')
    .option('--summary <text>', 'one line')
    .option('--justification <text>', 'why it is deployed')
    .option('--rollback-plan <text>', 'how it is taken back')
    .option('--component <name...>', 'what it is about')
    .option('--ask', 'ask on the terminal for what is missing')
    .addHelpText(
      'after',
      toHelp([
        'gate request --environment production --build-job build',
        'gate request --environment production --build-job build --detach --deploy-job deploy:production',
        'gate request --project shop/web --environment production --build-job build --build 4711 --branch main --sha 40-hex-digits --ask',
      ]),
    )
    .action((_options: unknown, command: Command) =>
      run<GateOptions & RequestOptions>(command, (session, options) => requestGate(session, options)),
    );

  withBuild(gate.command('wait'))
    .description('block until this job may deploy; the exit code says whether')
    .option('--timeout <span>', 'such as 90s, 30m, 12h, 60d; left out: as long as it takes')
    .addHelpText(
      'after',
      `${waitHelp}\n${toHelp(['gate wait --environment production --build-job build', 'gate wait --environment production --build-job build --timeout 55m'])}`,
    )
    .action((_options: unknown, command: Command) => run<GateOptions & WaitOptions>(command, waitAtGate));

  withPlace(gate.command('plan'))
    .description('judge a Terraform plan and report what was found')
    .argument('<file>', 'what `terraform show -json` printed')
    .addHelpText('after', `${planHelp}\n${toHelp(['gate plan plan.json --environment production'])}`)
    .action((file: string, _options: unknown, command: Command) =>
      run<GateOptions & IdentityOptions>(command, (session, options) =>
        reportPlan(session, file, options, readPlan),
      ),
    );

  withPlace(gate.command('deployed'))
    .description('say how the deploy ended')
    .requiredOption(
      '--result <success|failure>',
      'success closes the ticket; after failure people are asked what next',
    )
    .option('--url <url>', 'its log; in GitLab the job')
    .addHelpText('after', toHelp(['gate deployed --result success --environment production']))
    .action((_options: unknown, command: Command) =>
      run<GateOptions & DeployedOptions>(command, reportDeployed),
    );
}

function withPlace(command: Command): Command {
  return command
    .option('--environment <name>', 'where to [LOCKKEEPER_ENVIRONMENT, CI_ENVIRONMENT_NAME]')
    .option('--project <path>', 'full path of the project [CI_PROJECT_PATH]')
    .option('--build <number>', 'number of the build; in GitLab the pipeline [CI_PIPELINE_ID]')
    .option('--gate-url <url>', 'where the gate is [LOCKKEEPER_GATE_URL]');
}

function withBuild(command: Command): Command {
  return withPlace(command)
    .option('--build-job <name>', 'the job that built it [LOCKKEEPER_BUILD_JOB, CI_JOB_NAME]')
    .option('--branch <name>', 'the branch [CI_COMMIT_BRANCH]')
    .option('--sha <commit>', '40 hex digits [CI_COMMIT_SHA]')
    .option('--action <name>', 'what the deploy does [LOCKKEEPER_ACTION]; left out: deploy');
}

function toHelp(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  lockkeeper ${example}`).join('\n')}\n${environmentHelp}`;
}
