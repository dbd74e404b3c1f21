import type { Command } from 'commander';
import { installHttp } from '../../activities/http.ts';
import { toAwsChecks } from './doctor/aws-checks.ts';
import { toChangeChecks } from './doctor/change-checks.ts';
import { runChecks, type CheckGroup, type CheckResult } from './doctor/check.ts';
import { toDecisionChecks } from './doctor/decision-checks.ts';
import { toFindingChecks } from './doctor/finding-checks.ts';
import { toGitlabChecks } from './doctor/gitlab-checks.ts';
import { toIncidentChecks } from './doctor/incident-checks.ts';
import { toJiraChecks } from './doctor/jira-checks.ts';
import { toSecretChecks } from './doctor/secret-checks.ts';
import { toSlackChecks } from './doctor/slack-checks.ts';
import { toTemporalChecks } from './doctor/temporal-checks.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { runInSession, type GlobalOptions, type Session } from './session.ts';

export function addDoctor(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .description('check the configuration against the live systems; changes nothing')
    .addHelpText('after', '\nExamples:\n  lockkeeper doctor\n  lockkeeper doctor --json')
    .action(async (_options: unknown, command: Command) => {
      end(await runInSession(command.optsWithGlobals<GlobalOptions>(), examine));
    });
}

async function examine(session: Session): Promise<ExitCode> {
  const { config, output } = session;
  const groups: CheckGroup[] = [
    { system: 'config', checks: [{ name: 'lockkeeper.yaml', run: () => Promise.resolve('no faults') }] },
    toTemporalChecks(session),
    toDecisionChecks(session),
    ...config.jira.sites.map((site, index) => toJiraChecks(config, site, index)),
    ...toChangeChecks(config),
    ...toFindingChecks(config),
    ...toIncidentChecks(config),
    ...toSecretChecks(config),
    toGitlabChecks(config),
    toSlackChecks(config),
    toAwsChecks(config),
  ];
  // the adapters of activities leave time limits to it
  const http = installHttp({ timeoutMs: 10_000 });
  const results = (await Promise.all(groups.map(runChecks))).flat();
  await http.close();
  for (const result of results) output.print(result, toLines(result));
  const failed = results.filter(({ state }) => state === 'failed').length;
  if (!output.json) output.print(null, [failed === 0 ? 'All is well.' : `${failed} checks failed.`]);
  return failed === 0 ? exitCodes.ok : exitCodes.failed;
}

function toLines({ system, name, state, detail, fix }: CheckResult): string[] {
  const line = `${state.padEnd(7)} ${system}: ${name}${detail ? `: ${detail}` : ''}`;
  return fix === undefined ? [line] : [line, `        Fix: ${fix}`];
}
